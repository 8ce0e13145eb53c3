import type { Text } from '../lab/text.ts';
import { nameOf, runningProxies, type StackFacts, textWith } from './evidence/stack-facts.ts';

/** Help if an answer names no replica: a proxy may answer in place of the app, or change the answers. */
export function unknownHostnameHint(facts: StackFacts, role: string): Text {
  const names = { service: nameOf(facts, role), front: nameOf(facts, facts.proxy ?? role) };
  return runningProxies(facts).length > 0
    ? textWith(
        '{front} must pass requests on to {service} (`proxy_pass`) and return its answers unchanged, and the app must answer with its own hostname: socket.gethostname()',
        '{front} 必須將請求轉送給 {service}（`proxy_pass`），並將回應原封不動地傳回；應用程式必須以自己的主機名稱回應：socket.gethostname()',
        names,
      )
    : textWith(
        'the app must answer with its own hostname: socket.gethostname()',
        '應用程式必須以自己的主機名稱回應：socket.gethostname()',
      );
}
