/**
 * The check list: from a snapshot to sentences. Each check says what it found, and what to do about it. Needs no browser.
 */
import type { Snapshot } from '../snapshot.js';
import { checkCello } from './cello.js';
import { checkCode, checkConsent, checkCookie } from './code.js';
import { checkCompanion, checkLinks, checkTags } from './companion.js';
import { checkEndpoint, checkMessages } from './endpoint.js';
import type { Check, Finding, Level } from './finding.js';
import { checkEmbeds, checkForms, checkFrames } from './forms.js';

export type { Finding, Level } from './finding.js';

const CHECKS: readonly Check[] = [
  checkCompanion,
  checkTags,
  checkCode,
  checkConsent,
  checkForms,
  checkFrames,
  checkEmbeds,
  checkEndpoint,
  checkMessages,
  checkCello,
  checkCookie,
  checkLinks,
];

const ORDER: readonly Level[] = ['problem', 'warning', 'note', 'fine'];

/** Judges a snapshot: the worst first. */
export const judgeSnapshot = (snapshot: Snapshot): Finding[] =>
  CHECKS.flatMap((check) => check(snapshot)).sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
