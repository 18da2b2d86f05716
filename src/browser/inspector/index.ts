/**
 * The inspector: says what happens on a page, and why not. Its own door, and a file of its own for the script tag; a page
 * loads it only when somebody asks. Importing it does nothing.
 */
import type { Companion } from '../api.js';
import { findRunning } from '../global.js';
import { endDebugging, listen, read } from '../page/index.js';
import { type CelloWatch, watchCello } from './cello.js';
import { judgeSnapshot } from './checks/index.js';
import { describeSnapshot, sumUp } from './describe.js';
import { takeSnapshot } from './gather.js';
import { readInternals } from './internals.js';
import { type Journal, openJournal } from './journal.js';
import { createPanel, type Panel } from './panel.js';
import { probeEndpoint } from './probe.js';
import type { ProbeState, Snapshot } from './snapshot.js';
import { writeTicket } from './ticket.js';
import { VERSION } from './version.js';

export type { Finding, Level } from './checks/index.js';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose.js';

/** How often the panel looks again: a page says nothing of most of what changes in it. */
const LOOK_MS = 1000;

/** After these, something has probably changed. */
const CHANGES = ['referral', 'filled', 'delivered', 'failed', 'carried'].map((name) => `cello-companion:${name}`);
const USES = ['focusin', 'submit', 'change'];

/** The panels that are open, by their companions. */
const open = /* @__PURE__ */ new Map<Companion, () => void>();

/** Takes snapshots of one companion. */
function createLooker(companion: Companion, cello: CelloWatch, journal: Journal) {
  let probe: ProbeState | null = null;
  return {
    look: (): Snapshot => takeSnapshot(companion, { cello, journal, probe }),
    async test() {
      const endpoint = readInternals(companion).parts?.settings.endpoint;
      if (endpoint) probe = await probeEndpoint(endpoint);
    },
  };
}

/** Calls back when the page has loaded and is idle: before that, a framework may still be hydrating its `<html>`. */
function whenQuiet(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer = setTimeout(work, 50);
  };
  if (read(document, 'readyState') === 'complete') wait();
  const unlisten = listen(window, ['load'], ({ target }) => {
    if (target === document) wait();
  });
  return () => {
    unlisten();
    clearTimeout(timer);
  };
}

/** Keeps a panel up to date. Returns the undo function. */
function follow(panel: Panel, show: () => void): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const showSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(show, 50);
  };
  const look = () => {
    if (!panel.isAttached()) panel.attach(); // document.open(), or a router that replaces the whole document
    if (!read(document, 'hidden')) show();
  };
  const timer = setInterval(look, LOOK_MS);
  const unlisten = [listen(document, CHANGES, showSoon), listen(window, USES, showSoon)];
  look();
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    for (const undo of unlisten) undo();
  };
}

/**
 * Opens the inspector: a panel that says which code is in force and why, what happens to each form and each message, and
 * what is wrong on this page, with advice. It sees what the companion sees, and changes nothing. It closes when the
 * companion is stopped.
 *
 * @param companion - What `start()` gave.
 * @returns A function that closes it. Asked again for the same companion, it gives the same one.
 * @example inspect(companion);
 */
export function inspect(companion: Companion): () => void {
  const before = open.get(companion);
  if (before) return before;
  const cello = watchCello(readInternals(companion).parts?.consent.mayFind ?? (() => true));
  const journal = openJournal(true);
  const { look, test } = createLooker(companion, cello, journal);
  const undos: (() => void)[] = [];
  const close = () => {
    open.delete(companion);
    for (const undo of undos.splice(0).reverse()) undo();
  };
  const wasRunning = findRunning() === companion;
  const panel = createPanel(VERSION, journal.isOpen() ?? window === window.top, {
    copy: () => writeTicket(look(), navigator.userAgent),
    async test() {
      await test();
      show();
    },
    onToggle: journal.setOpen,
    close() {
      endDebugging();
      close();
    },
  });
  const show = () => {
    if (wasRunning && findRunning() !== companion) return close();
    const snapshot = look();
    const findings = judgeSnapshot(snapshot);
    panel.show(
      sumUp(findings),
      describeSnapshot(snapshot, findings, (ucc) => ucc),
    );
  };
  undos.push(
    panel.remove,
    whenQuiet(() => undos.push(follow(panel, show))),
  );
  open.set(companion, close);
  return close;
}
