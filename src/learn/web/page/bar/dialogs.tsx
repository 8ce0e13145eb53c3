import { ReceiptDialog } from '../receipt/receipt-dialog.tsx';
import type { PageState } from '../state/page-state.ts';
import { useConnected, useLanguage, usePage, useSession } from '../state/use-page.ts';
import { rich } from '../step/rich.tsx';
import { helpIn } from '../words/words.ts';
import { Modal } from './modal.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { stepIcons } from './step-nav.tsx';
import { markOf } from './steps.ts';

/** The step that the server asks about. Without a connection nothing can answer it, and the dialog would lock the page. */
const askedBy = ({ connection, learn }: PageState): string | undefined =>
  connection === 'open' && learn?.dialog?.kind === 'confirm' ? learn.dialog.to : undefined;

/** The dialog that is open: the server's question first. */
export function Dialogs() {
  const { store } = useSession();
  const asks = usePage(askedBy);
  const dialog = usePage((state) => state.dialog);
  const close = () => store.dispatch({ kind: 'dialog' });
  if (asks !== undefined) return <Confirm key="confirm" to={asks} />;
  switch (dialog) {
    case 'list':
      return <StepList key="list" onClose={close} />;
    case 'help':
      return <Help key="help" onClose={close} />;
    case 'settings':
      return <SettingsDialog key="settings" onClose={close} />;
    case 'receipt':
      return <ReceiptDialog key="receipt" onClose={close} />;
    default:
      return null;
  }
}

function Confirm({ to }: { readonly to: string }) {
  const { press } = useSession();
  const { words } = useLanguage();
  const isReset = usePage((state) => state.learn?.at === to);
  const no = () => press({ kind: 'key', key: 'other' });
  return (
    <Modal title={isReset ? words.confirmResetTitle : words.confirmTitle} onClose={no} bare>
      <p>{isReset ? words.confirmReset(to) : words.confirm(to)}</p>
      <div class="modal-tools">
        <button type="button" onClick={no}>
          {words.keys.no}
        </button>
        <button type="button" class="primary" onClick={() => press({ kind: 'key', key: 'yes' })}>
          {words.keys.yes}
        </button>
      </div>
    </Modal>
  );
}

function StepList({ onClose }: { readonly onClose: () => void }) {
  const { press } = useSession();
  const { words, say } = useLanguage();
  const content = usePage((state) => state.content);
  const learn = usePage((state) => state.learn);
  const run = usePage((state) => state.run);
  const works = useConnected();
  if (!content) return null;
  const goTo = (key: string) => {
    if (!works) return;
    onClose();
    press({ kind: 'go-to', key });
  };
  return (
    <Modal title={words.list} onClose={onClose} wide>
      {content.mode === 'learn' && <p class="quiet">{words.listHint}</p>}
      {content.labs.map((lab) => (
        <section key={lab.id} class="list-lab">
          <h3>{say(lab.title)}</h3>
          <ul>
            {lab.steps.map(({ key, title }) => {
              const mark = markOf(key, learn, run);
              const parts = (
                <>
                  <span class={`step-mark ${mark}`} aria-hidden="true">
                    <span class="step-icon">{stepIcons[mark]}</span>
                  </span>
                  <span class="list-title">{say(title)}</span>
                  <span class="list-state">{words.stepStates[mark]}</span>
                </>
              );
              return (
                <li key={key}>
                  {content.mode === 'learn' ? (
                    <button
                      type="button"
                      class="list-row"
                      aria-current={key === learn?.at ? 'step' : undefined}
                      aria-disabled={!works}
                      onClick={() => goTo(key)}
                    >
                      {parts}
                    </button>
                  ) : (
                    <div class="list-row">{parts}</div>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </Modal>
  );
}

function Help({ onClose }: { readonly onClose: () => void }) {
  const { words } = useLanguage();
  const mode = usePage((state) => state.content?.mode) ?? 'learn';
  const inClass = usePage(({ class: joined }) => joined !== undefined && joined.phase !== 'ended' && joined.phase !== 'refused');
  const terminal = usePage((state) => state.content?.terminal.kind) ?? 'page';
  const { intro, rows, marks, probes } = helpIn(mode, words, { inClass, terminal });
  return (
    <Modal title={words.help} onClose={onClose}>
      <p>{intro}</p>
      <dl class="key-list">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{rich(what)}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet help-marks">{marks}</p>
      {probes && <p class="quiet">{probes}</p>}
    </Modal>
  );
}
