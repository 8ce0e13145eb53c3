import { familyOf } from '../docker/images/families.ts';
import type { NamedImages } from '../docker/images/named-images.ts';
import { quoting } from '../formats/untrusted-text.ts';
import { joinTexts, type Text, text, verbatim } from '../lab/text.ts';
import { ImageChoice } from './policy/images.ts';
import { type Judged, judgePolicy } from './policy/policy.ts';
import type { PolicyRules } from './policy/rules.ts';

/** Provides the images that submissions name. */
export type ClassImages = Pick<NamedImages, 'get' | 'identify'>;

/** A submission as the policy judges it, with its images on the engine. */
export type JudgedSubmission = (Judged | { readonly ok: false; readonly review: Text }) & {
  /** What identifies the images that run: the grade depends on them. */
  readonly images: readonly string[];
};

/** A project of this kind has a few. Each costs the class a download. */
const mostImages = 8;

/**
 * Judges a submission by the policy, and provides the images that it names. Where no registry can be reached, the stand-in of the same family runs;
 * without one, the submission needs review. Throws the engine's errors, and the signal's reason on abort.
 */
export async function judgeSubmission(
  dir: string,
  composeFile: string,
  rules: PolicyRules,
  images: ClassImages,
): Promise<JudgedSubmission> {
  const choice = new ImageChoice(rules.images);
  const judged = await judgePolicy(dir, composeFile, rules, choice);
  if (!judged.ok) return { ...judged, images: [] };
  const named = [...choice.named];
  if (named.length > mostImages) return { ok: false, refusals: [{ code: 'too-many', text: tooMany }], images: [] };
  const found = await Promise.all(named.map((ref) => provide(ref, images)));
  const reasons = found.flatMap((one) => ('why' in one ? [one.why] : []));
  if (reasons.length > 0) return { ok: false, review: joinTexts(reasons, verbatim(' ')), images: [] };
  const provided = new Map(found.flatMap((one) => ('used' in one ? [[one.named, one.used] as const] : [])));
  const used = [...provided.values(), ...choice.replacing];
  const identified = await Promise.all([...new Set(used)].map(async (ref) => `${ref} ${await images.identify(ref)}`));
  const isSame = named.every((ref) => provided.get(ref) === ref);
  const final = isSame ? judged : await judgePolicy(dir, composeFile, rules, new ImageChoice(rules.images, provided));
  return { ...final, images: identified.sort() };
}

type Provided = { readonly named: string; readonly used: string } | { readonly why: Text };

async function provide(named: string, images: ClassImages): Promise<Provided> {
  const image = await images.get(named);
  if (image.ok) return { named, used: named };
  const standIn = image.offline ? familyOf(named)?.standIn : undefined;
  if (standIn !== undefined && (await images.identify(standIn)) !== '') return { named, used: standIn };
  const what = quoting(named, 'The image {} is not available:', '沒有映像檔 {}：');
  return {
    why: text(
      `${what.en} ${image.why.en}. Load it with \`lab images load FILE\`, then grade again.`,
      `${what['zh-TW']}${image.why['zh-TW']}。請用 \`lab images load FILE\` 載入它，再重新評分。`,
    ),
  };
}

const tooMany = text(`it names more than ${mostImages} images`, `使用了超過 ${mostImages} 個映像檔`);
