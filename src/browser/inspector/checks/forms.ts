/**
 * The forms: which get the code, which do not, and what is in nobody's reach.
 */
import type { FormState, Snapshot } from '../snapshot.js';
import { type Check, type Finding, fine, list, note, problem, warning } from './finding.js';

const MARK = 'data-cello-companion="signup"';

const isTaken = ({ answers }: FormState): boolean => !!answers?.field.is;
const isTold = ({ answers }: FormState): boolean => !!answers?.submission.is;

/** Why a page without a form of ours has none. */
function checkNone({ page, frames, embeds }: Snapshot): Finding[] {
  if (page.looseFields)
    return [fine('loose-fields', 'The page has no form, but a field for the code, which is filled in.')];
  if (embeds.length) return [];
  const hint = frames.some(({ why }) => why === 'another origin')
    ? ` It has a frame from ${list([...new Set(frames.map(({ host }) => host))])}: if the form is in there, see docs/embeds.md.`
    : page.closed.length
      ? ` If it is inside <${page.closed[0]}>, hand over its shadow root with attach().`
      : '';
  return [
    note(
      'no-form',
      'This page has no form.',
      `Open the page with your form. If you see a form here, it is no <form>: use attach() or report().${hint}`,
    ),
  ];
}

function checkSelector({ settings, page }: Snapshot): Finding[] {
  return page.selected === 0
    ? [
        problem(
          'selector',
          `The selector ${settings?.forms} in the option forms matches nothing on this page.`,
          'Correct the selector, or remove the option to go by what the forms ask for.',
        ),
      ]
    : [];
}

function checkOne(form: FormState, { settings, code }: Snapshot): Finding[] {
  const { answers, name, fields, missing, included, hasEmail, isSilent } = form;
  if (!answers) return [];
  const { field, submission } = answers;
  const found: Finding[] = [];
  if (!field.is && !submission.is)
    found.push(
      note(
        'form-left-out',
        `The form ${name} is left out: ${field.why}.`,
        /^marked|^not marked|selector/.test(field.why)
          ? `That is the page’s own choice. To include it, mark it ${MARK} or "demo".`
          : `If it is a sign-up or a demo, mark it ${MARK} or "demo".`,
      ),
    );
  if (field.is && code && fields.some(({ isOurs, holds }) => !isOurs && holds === 'something else'))
    found.push(
      warning(
        'field-taken',
        `The field for the code in the form ${name} holds something else, which somebody typed or a script wrote.`,
        'What a person typed stays. If a script did it, let it wait, or remove its value.',
      ),
    );
  if (!submission.is || isSilent || !settings?.endpoint) return found;
  if (missing.length)
    found.push(
      warning(
        'include-missing',
        `The form ${name} has no field for ${list(missing.map((word) => `“${word}”`))}, which data-include asks for.`,
        'Use email, name, phone or company, which go by meaning, or the exact name or id of a field.',
      ),
    );
  else if (!included.includes('email') && hasEmail)
    found.push(
      warning(
        'no-email',
        `Messages about the form ${name} do not say whose sign-up it was: data-include does not list email.`,
        'Add data-include="email", so that your server can match the message and the account.',
      ),
    );
  if (!field.is)
    found.push(
      note(
        'form-elsewhere',
        `The form ${name} ${field.why}: it gets no code, and your endpoint is told of its submission.`,
        'If that host is yours, list it in data-links.',
      ),
    );
  return found;
}

export const checkForms: Check = (snapshot) => {
  const { companion, forms, page, consent } = snapshot;
  if (companion !== 'running' || consent.state === 'denied') return [];
  const reached = forms.filter(({ answers }) => answers);
  if (!reached.length) return page.isComplete ? [...checkNone(snapshot), ...checkSelector(snapshot)] : [];
  const taken = reached.filter(isTaken).map(({ name }) => name);
  const isAllOut = !reached.some((form) => isTaken(form) || isTold(form));
  return [
    ...(taken.length ? [fine('forms', `In line for the code: ${list(taken)}.`)] : []),
    ...(isAllOut
      ? [
          warning(
            'all-left-out',
            reached.length === 1 ? 'The only form on this page is left out.' : 'All forms on this page are left out.',
            `If one of them is a sign-up or a demo, mark it ${MARK} or "demo".`,
          ),
        ]
      : []),
    ...checkSelector(snapshot),
    ...reached.flatMap((form) => checkOne(form, snapshot)),
  ];
};

export const checkFrames: Check = ({ companion, frames }) => {
  const hosts = [...new Set(frames.filter(({ why }) => why !== 'its own companion').map(({ host }) => host))];
  return companion === 'running' && hosts.length
    ? [
        note(
          'frames',
          `Nobody can see into ${hosts.length === 1 ? 'the frame' : 'the frames'} from ${list(hosts)}: forms in there do not get the code from this page.`,
          'If a booking tool or form tool is in it, use cello-companion.embeds.js: docs/embeds.md.',
        ),
      ]
    : [];
};

export const checkEmbeds: Check = ({ embeds }) =>
  embeds.map(({ embed, isCarried, reason }) =>
    isCarried
      ? fine('embed', `The widget ${embed} carries the code.`)
      : warning(
          'embed',
          `The widget ${embed} does not carry the code${reason ? `: ${reason}` : ''}.`,
          'docs/embeds.md says what this widget needs.',
        ),
  );
