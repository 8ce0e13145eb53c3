import { useEffect, useState } from 'preact/hooks';
import { Modal } from '../bar/modal.tsx';
import { useLanguage, usePage } from '../state/use-page.ts';
import { dayTime } from '../words/words.ts';
import { fetchReceipt, type ReceiptStep, receiptSteps } from './receipt.ts';

/** What passed, when, and what was seen: the part of the page that is printed. */
export function ReceiptDialog({ onClose }: { readonly onClose: () => void }) {
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const learn = usePage((state) => state.learn);
  const [data, setData] = useState<Awaited<ReturnType<typeof fetchReceipt>>>();
  useEffect(() => {
    void fetchReceipt().then(setData);
  }, []);
  if (!content || !learn) return null;
  const error = data === 'failed' ? words.receiptFailed : data?.error && say(data.error);
  return (
    <Modal title={words.receiptTitle} onClose={onClose} wide>
      <p class="receipt-title">
        {say(content.title)} · <code>{content.folder}</code>
      </p>
      <p class="quiet">{words.receiptText}</p>
      {error && (
        <p class="bad" role="alert">
          {error}
        </p>
      )}
      <ol class="receipt">
        {receiptSteps(content, learn, data === 'failed' ? undefined : data).map((step) => (
          <Row key={step.key} step={step} />
        ))}
      </ol>
      <div class="modal-tools">
        <a class="button" href="receipt.json" download="receipt.json">
          {words.download}
        </a>
        <button type="button" class="primary" onClick={() => print()}>
          {words.print}
        </button>
      </div>
    </Modal>
  );
}

function Row({ step }: { readonly step: ReceiptStep }) {
  const { words, say } = useLanguage();
  const { at, hints, solutionShown, performed, checks } = step;
  const how = [
    words.withHints(hints),
    ...(solutionShown ? [words.withSolution] : []),
    ...(performed ? [words.withPerform] : []),
  ].join(' · ');
  return (
    <li class={at ? 'receipt-step' : 'receipt-step open'}>
      <h3>
        <span aria-hidden="true">{at ? '✓' : '○'}</span> {say(step.title)} <code>{step.key}</code>
      </h3>
      <p class="quiet">{at ? `${words.passedAt(dayTime(at))} · ${how}` : words.notPassed}</p>
      {checks.length > 0 && (
        <ul>
          {checks.map(({ claim, seen }) => (
            <li key={claim.en}>
              {say(claim)}
              {seen && (
                <span class="quiet">
                  {words.colon}
                  {say(seen)}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
