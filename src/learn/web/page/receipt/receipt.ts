import type { Text } from '../../../../lab/text.ts';
import type { LearnPageState, PageContent } from '../../protocol.ts';

/** What the sheet shows of a step. */
export interface ReceiptStep {
  readonly key: string;
  readonly title: Text;
  /** When it passed, in ISO 8601; omitted: it has not. */
  readonly at?: string;
  readonly hints: number;
  readonly solutionShown: boolean;
  readonly performed: boolean;
  readonly checks: readonly { readonly claim: Text; readonly seen?: Text }[];
}

/** What the page uses of `receipt.json`: claims and what was seen, by step. Everything else in it is for `lab verify --receipt`. */
interface ReceiptData {
  /** Why the server cannot read the receipt. */
  readonly error?: Text;
  readonly steps?: readonly {
    readonly key?: string;
    readonly checks?: readonly { readonly claim?: Partial<Text>; readonly actual?: Partial<Text> | null }[];
  }[];
}

/** `failed`: there is no answer that the page understands. Where nothing has passed yet, the server has none. */
export async function fetchReceipt(): Promise<ReceiptData | 'failed'> {
  try {
    const answer = await fetch('receipt.json?for=page');
    if (answer.status === 404) return {};
    return answer.ok || answer.status === 422 ? ((await answer.json()) as ReceiptData) : 'failed';
  } catch {
    return 'failed';
  }
}

/** The steps of the sheet: from the progress, with claims and evidence of the receipt; of the current step also without one. */
export function receiptSteps(content: PageContent, learn: LearnPageState, data: ReceiptData | undefined): readonly ReceiptStep[] {
  return content.labs.flatMap(({ steps }) =>
    steps.map(({ key, title }) => {
      const progress = learn.progress[key];
      return {
        key,
        title,
        ...(progress ? { at: progress.at } : {}),
        hints: progress?.hints ?? 0,
        solutionShown: progress?.solutionShown ?? false,
        performed: progress?.performed ?? false,
        checks: checksOf(key, learn, data),
      };
    }),
  );
}

function checksOf(key: string, learn: LearnPageState, data: ReceiptData | undefined): ReceiptStep['checks'] {
  const known = data?.steps?.find((step) => step.key === key)?.checks ?? [];
  const checks = known.flatMap(({ claim, actual }) => {
    const [what, evidence] = [whole(claim), whole(actual ?? undefined)];
    return what ? [{ claim: what, ...(evidence ? { seen: evidence } : {}) }] : [];
  });
  if (checks.length > 0 || key !== learn.at) return checks;
  return learn.checks.flatMap(({ claim, verdict }) => (verdict?.outcome === 'passed' ? [{ claim, seen: verdict.actual }] : []));
}

const whole = (text: Partial<Text> | undefined): Text | undefined => {
  const any = text?.en ?? text?.['zh-TW'];
  return any === undefined ? undefined : { en: text?.en ?? any, 'zh-TW': text?.['zh-TW'] ?? any };
};
