/**
 * Asks Cello's own script for its code. The script may be there, load later, hang, or never load.
 * https://docs.cello.so/sdk/client-side/attribution-js-usage
 */

/** An entry of Cello's documented queue. */
interface Command {
  readonly command: 'getUcc';
  readonly args: readonly never[];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

declare global {
  interface Window {
    CelloAttribution?: unknown;
    CelloAttributionCmd?: unknown;
  }
}

export interface CelloScript {
  /** Asks, or asks again if Cello's script has loaded since. Never throws. */
  readonly ask: () => void;
  /** Asks once more, whatever Cello answered before. */
  readonly askAgain: () => void;
}

/**
 * Never defines `window.CelloAttribution`, because sites test for it to see whether Cello has loaded.
 *
 * @param hear - Called with whatever Cello answers, `null` if it refuses; later, or never.
 */
export function createCelloScript(hear: (answer: unknown) => void, view: Window = window): CelloScript {
  let asked: unknown;
  let hasAnswer = false;
  const answer = (value: unknown) => {
    hasAnswer = true;
    hear(value);
  };
  const refuse = () => answer(null);
  const call = (attribution: (command: string) => unknown) => {
    try {
      Promise.resolve(attribution('getUcc')).then(answer, refuse);
    } catch {
      refuse(); // a stub or a blocker's replacement that throws
    }
  };
  const queue = () => {
    if (asked) return;
    const command: Command = { command: 'getUcc', args: [], resolve: answer, reject: refuse };
    asked = command;
    try {
      if (!Array.isArray(view.CelloAttributionCmd)) view.CelloAttributionCmd = [];
      if (Array.isArray(view.CelloAttributionCmd)) view.CelloAttributionCmd.push(command);
    } catch {
      // TypeError: the queue is frozen. Cello's script may still load, and is then called directly.
    }
  };
  const ask = () => {
    const attribution: unknown = view.CelloAttribution;
    // A link's `id` can also occupy this name, so checking that it exists is not enough.
    if (typeof attribution !== 'function') return queue();
    if (hasAnswer || asked === attribution) return;
    asked = attribution;
    call((command) => attribution.call(view, command));
  };
  return {
    ask,
    askAgain() {
      asked = undefined;
      hasAnswer = false;
      ask();
    },
  };
}
