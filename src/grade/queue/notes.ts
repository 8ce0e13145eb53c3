import type { Text } from '../../lab/text.ts';
import type { SentError } from './messages.ts';

/** What a coordinator reports about its workers and the queue. */
export type QueueNote =
  | { readonly kind: 'joined'; readonly host: string; readonly slots: number }
  | { readonly kind: 'proved'; readonly host: string }
  | { readonly kind: 'left'; readonly host: string }
  | { readonly kind: 'unfit'; readonly host: string; readonly why: Text }
  /** The reference solution failed: `withdrawn` grades of the worker are graded again. */
  | { readonly kind: 'disproved'; readonly host: string; readonly why: SentError; readonly withdrawn: number }
  /** A worker disappeared before it proved itself again. */
  | { readonly kind: 'unconfirmed'; readonly withdrawn: number }
  | { readonly kind: 'waiting'; readonly forMs: number }
  /** No result for a time; `running`: what each worker is working on, and for how long. */
  | {
      readonly kind: 'stuck';
      readonly forMs: number;
      readonly running: readonly { readonly host: string; readonly name: string; readonly forMs: number }[];
    }
  | { readonly kind: 'lost' }
  | { readonly kind: 'back'; readonly afterMs: number; readonly sentAgain: number };

/** How often two workers gave the same submission the same grade. */
export interface Stability {
  readonly compared: number;
  readonly equal: number;
  /** The students whose submissions got different grades. */
  readonly different: readonly string[];
  /** Samples that no second worker graded. */
  readonly dropped: number;
}
