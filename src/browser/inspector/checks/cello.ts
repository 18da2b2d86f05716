/**
 * Cello's own script: absent, blocked, late, loaded twice, from the wrong place or under the wrong name.
 */
import type { CelloState, CelloTag, Snapshot } from '../snapshot.js';
import { type Check, type Finding, fine, note, problem, warning } from './finding.js';
import { isTestHost } from './hosts.js';

const TAG = '<script type="module" async src="https://assets.cello.so/attribution/latest/cello-attribution.js">';

const checkTags = ({ cello, page }: Snapshot): Finding[] => {
  const wrong = cello.tags.find(({ file }) => file === 'wrong');
  const scripts = cello.tags.filter(({ file }) => file === 'attribution');
  const found: Finding[] = [];
  if (wrong)
    found.push(
      problem(
        'cello-wrong-file',
        `Cello’s attribution script has another name than ${wrong.src}, where Cello answers 403.`,
        `The file is called cello-attribution.js: ${TAG}`,
      ),
    );
  if (scripts.length > 1)
    found.push(
      warning(
        'cello-twice',
        `Cello’s script is on this page ${scripts.length} times.`,
        'Leave one tag. A tag manager is the usual place of the second one.',
      ),
    );
  if (scripts.some(({ isSandbox }) => isSandbox) && !isTestHost(page.host))
    found.push(
      problem(
        'cello-sandbox',
        `The host ${page.host} looks like production, but loads Cello’s script from the sandbox.`,
        'Use assets.cello.so, without “sandbox”, on the site that visitors see.',
      ),
    );
  return found;
};

const describeFailure = ({ status }: CelloTag): string => (status >= 400 ? ` (it answers ${status})` : '');

/** Cello's script is there, or should be: does it answer? */
function checkAnswer({ answer, answeredMs, tags }: CelloState, timeoutMs: number, ageMs: number): Finding[] {
  const [tag] = tags.filter(({ file }) => file === 'attribution');
  if (answer === 'off') return [];
  const loadedMs = tag?.loadedMs ?? answeredMs ?? 0;
  if (answer === 'error')
    return [
      warning(
        'cello-error',
        'Cello’s script answers with an error.',
        'Look at the console for its message. We go on with the address and the cookies.',
      ),
    ];
  if (answer !== 'waiting' && loadedMs > timeoutMs)
    return [
      warning(
        'cello-late',
        `Cello’s script loaded ${Math.round(loadedMs)} ms after the page, later than the ${timeoutMs} ms that getUcc() waits.`,
        'Load it in the <head>, not through a tag manager, or raise data-timeout.',
      ),
    ];
  if (answer === 'code') return [fine('cello', 'Cello’s script answers with a code.')];
  if (answer === 'none') return [fine('cello', 'Cello’s script answers: there is no code.')];
  if (!tag || ageMs < timeoutMs) return [];
  return [
    warning(
      'cello-blocked',
      `Cello’s script is on the page and gives no answer${describeFailure(tag)}: it is blocked, or has not started.`,
      'An ad blocker or a Content Security Policy is the usual reason: allow assets.cello.so. We go on with the address and the cookies.',
    ),
  ];
}

export const checkCello: Check = (snapshot) => {
  const { cello, page, settings, companion } = snapshot;
  if (companion === 'absent') return checkTags(snapshot);
  const isThere = cello.isThere || cello.tags.some(({ file }) => file !== 'widget');
  if (!isThere && page.isComplete)
    return [
      note(
        'cello-absent',
        cello.tags.length
          ? 'The page has Cello’s widget, which is for users who are logged in, but not its attribution script.'
          : 'Cello’s attribution script is not on this page.',
        `Cello asks for it on every page: ${TAG} Codes in the address and in cookies are found without it.`,
      ),
    ];
  return [...checkTags(snapshot), ...checkAnswer(cello, settings?.timeout ?? 3000, page.ageMs)];
};
