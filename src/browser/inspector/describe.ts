/**
 * A snapshot in words: the sections of the panel, which are also the paragraphs of the copied text. Needs no browser.
 */
import type { Source } from '../../message.js';
import type { Finding, Level } from './checks/index.js';
import type { CelloState, CelloTag, FieldState, FormState, MessageState, Snapshot, SourceState } from './snapshot.js';

/** A label, and what stands beside it. */
export type Row = readonly [label: string, value: string];

/** One of several things of a kind: a finding, a form, a message. */
export interface Item {
  readonly level?: Level;
  readonly title: string;
  /** What to do about it. */
  readonly advice?: string | null;
  readonly rows?: readonly Row[];
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** The section in three words. */
  readonly short: string;
  readonly rows: readonly Row[];
  readonly items: readonly Item[];
}

/** How a code is written: whole in the panel, shortened in what is copied. */
export type ShowCode = (ucc: string) => string;

const NONE = '–';

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

/** The check list in three words. */
export function sumUp(findings: readonly Finding[]): string {
  const countOf = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [countOf('problem'), countOf('warning')];
  const parts = [...(problems ? [count(problems, 'problem')] : []), ...(warnings ? [count(warnings, 'warning')] : [])];
  return parts.join(', ') || 'No problem found';
}

const SOURCES: { readonly [source in Source]: string } = {
  manual: 'setUcc()',
  cello: 'Cello’s script',
  address: 'Address',
  memory: 'Our cookie',
  cookie: 'Cello’s cookie',
};

const describeSource = ({ source, ucc, note }: SourceState, show: ShowCode): Row => [
  SOURCES[source],
  `${ucc ? show(ucc) : NONE}${note ? ` (${note})` : ''}`,
];

const describeCode = ({ code, sources }: Snapshot, show: ShowCode): Section => ({
  id: 'code',
  title: 'Code',
  short: code ? `${show(code.ucc)}, ${SOURCES[code.source]}` : 'none',
  rows: [
    ['In force', code ? `${show(code.ucc)} (from: ${SOURCES[code.source]})` : 'none'],
    ...sources.map((source) => describeSource(source, show)),
  ],
  items: [],
});

const SAID_BY: { readonly [by in Snapshot['consent']['by']]: string } = {
  setConsent: 'the page, by setConsent()',
  option: 'the option consent',
  'privacy control': 'the browser, by Global Privacy Control',
  default: 'nobody: this is the default',
};

const ALLOWED = {
  granted: 'find, fill in, store and send',
  pending: 'find, fill in and send what is submitted; store nothing',
  denied: 'nothing',
} as const;

const describeConsent = ({ consent: { state, by } }: Snapshot): Section => ({
  id: 'consent',
  title: 'Consent',
  short: state,
  rows: [
    ['State', state],
    ['Said by', SAID_BY[by]],
    ['We may', ALLOWED[state]],
  ],
  items: [],
});

const HOLDS: { readonly [holds in FieldState['holds']]: string } = {
  code: 'holds the code',
  'something else': 'holds something else',
  nothing: 'is empty',
};

const describeField = ({ name, type, isOurs, holds }: FieldState): string =>
  `${name || 'without a name'} (${type}, ${isOurs ? 'ours' : 'the page’s'}) ${HOLDS[holds]}`;

const answer = (is: boolean, why: string): string => `${is ? 'yes' : 'no'}: ${why}`;

/** What stands in a form that has no field yet. */
const describeNoField = ({ answers }: FormState): string =>
  answers?.field.is ? 'comes when the form is first used' : NONE;

function describeForm(form: FormState): Item {
  const { name, kind, answers, target, fields, isSilent, included, missing } = form;
  if (!answers) return { title: name, rows: [['Reach', 'out of reach: a companion of its own, or a closed root']] };
  return {
    title: name,
    rows: [
      ['Gets field', answer(answers.field.is, answers.field.why)],
      [
        'Is reported',
        isSilent ? 'no: attached with send: false' : answer(answers.submission.is, answers.submission.why),
      ],
      ['Field', fields.map(describeField).join('; ') || describeNoField(form)],
      ['Kind', kind ?? 'your server decides'],
      ['Posts to', target ?? 'a script, or this page'],
      ...(included.length ? [['Included', included.join(', ')] as const] : []),
      ...(missing.length ? [['No field for', missing.join(', ')] as const] : []),
    ],
  };
}

function describeForms({ forms, page }: Snapshot): Section {
  const taken = forms.filter(({ answers }) => answers?.field.is).length;
  return {
    id: 'forms',
    title: 'Forms',
    short: forms.length ? `${taken} of ${forms.length} get the code` : 'none',
    rows: page.looseFields ? [['Outside forms', count(page.looseFields, 'field')]] : [],
    items: forms.map(describeForm),
  };
}

const describeWidgets = ({ frames, embeds }: Snapshot): Section => ({
  id: 'widgets',
  title: 'Widgets and frames',
  short:
    embeds.length || frames.length
      ? count(embeds.length + frames.length, 'frame or widget', 'frames and widgets')
      : 'none',
  rows: [],
  items: [
    ...embeds.map(({ embed, isCarried, reason }) => ({
      title: embed,
      rows: [
        ['Code', isCarried ? 'carried' : `not carried: ${reason ?? 'no reason given'}`] as const,
        ...(isCarried && reason ? [['Note', reason] as const] : []),
      ],
    })),
    ...frames.map(({ host, why }) => ({
      title: `Frame from ${host}`,
      rows: [
        ['Reach', why === 'its own companion' ? 'left to its own companion' : `nobody sees into it: ${why}`] as const,
      ],
    })),
  ],
});

const describeMessage = ({ id, type, state, answer: said, tries, page }: MessageState, endpoint: string): Item => ({
  title: `${type.charAt(0).toUpperCase()}${type.slice(1)} ${id.slice(0, 8)}`,
  rows: [
    ['State', state === 'waiting' ? 'waiting: will be tried again' : state],
    ['Address', endpoint],
    ...(said ? [['Last answer', said] as const] : []),
    ['Tries', String(tries)],
    ...(page ? [['From page', page] as const] : []),
  ],
});

function describeMessages({ messages, settings }: Snapshot): Section {
  const endpoint = settings?.endpoint ?? 'none';
  const words = (['arrived', 'waiting', 'lost'] as const).flatMap((state) => {
    const number = messages.filter((message) => message.state === state).length;
    return number ? [`${number} ${state}`] : [];
  });
  return {
    id: 'messages',
    title: 'Messages',
    short: settings?.endpoint ? words.join(', ') || 'none' : 'no endpoint',
    rows: [],
    items: [...messages].reverse().map((message) => describeMessage(message, endpoint)),
  };
}

const describeEndpoint = ({ settings, probe }: Snapshot): Section => ({
  id: 'endpoint',
  title: 'Endpoint',
  short: probe ? probe.is : settings?.endpoint ? 'not tested' : 'none',
  rows: [
    ['Address', settings?.endpoint ?? 'none: nothing is sent'],
    ['Test', probe ? `${probe.is}${probe.status ? ` (status ${probe.status})` : ''}` : 'not done on this page'],
  ],
  items: [],
});

const ANSWERS: { readonly [said in CelloState['answer']]: string } = {
  off: 'not asked: consent is denied',
  waiting: 'none so far',
  code: 'a code',
  none: 'no code',
  error: 'an error',
};

function describeCelloTag({ src, file, isSandbox, status, loadedMs }: CelloTag): Item {
  const files = { attribution: 'attribution', wrong: 'wrong name', widget: 'widget for users who are logged in' };
  return {
    title: src,
    rows: [
      ['File', `${files[file]}${isSandbox ? ', sandbox' : ''}`],
      ...(status ? [['Status', String(status)] as const] : []),
      ['Loaded', loadedMs === null ? 'no, or the browser does not tell' : `after ${loadedMs} ms`],
    ],
  };
}

const describeCello = ({ cello }: Snapshot): Section => ({
  id: 'cello',
  title: 'Cello’s script',
  short: cello.tags.length || cello.isThere ? `answers: ${ANSWERS[cello.answer]}` : 'absent',
  rows: [
    ['Function', cello.isThere ? 'window.CelloAttribution is there' : 'window.CelloAttribution is not there'],
    ['Answer', `${ANSWERS[cello.answer]}${cello.answeredMs === null ? '' : ` (by ${cello.answeredMs} ms)`}`],
  ],
  items: cello.tags.map(describeCelloTag),
});

const describeCookie = ({ cookie }: Snapshot, show: ShowCode): Section => ({
  id: 'cookie',
  title: 'Cookie',
  short: cookie.ucc ? show(cookie.ucc) : 'none',
  rows: [
    ['Holds', cookie.ucc ? show(cookie.ucc) : NONE],
    ['Since', cookie.ucc && cookie.at ? cookie.at : NONE],
    ['Domain', cookie.domain ?? 'this host, or not known yet'],
    ['Cookies', cookie.isEnabled ? String(cookie.count) : 'the browser blocks them'],
    ['Forgotten', String(cookie.forgotten)],
  ],
  items: [],
});

const describeValue = (value: unknown): string => {
  if (value === null || value === '') return 'none';
  return Array.isArray(value) ? value.join(' ') || 'none' : String(value);
};

function describeSettings({ settings, tags, version, page, companion }: Snapshot): Section {
  const [tag] = tags;
  return {
    id: 'settings',
    title: 'Version and settings',
    short: version,
    rows: [
      ['Version', version],
      ['Companion', companion],
      ['Page', `${page.host}${page.path}`],
      ['Script tag', tag?.src ?? 'none: started by npm'],
      ...Object.entries(settings ?? {}).map(([name, value]): Row => [name, describeValue(value)]),
    ],
    items: [],
  };
}

/** Everything that is known, in the order in which one asks. */
export const describeSnapshot = (snapshot: Snapshot, findings: readonly Finding[], show: ShowCode): Section[] => [
  {
    id: 'checks',
    title: 'Check list',
    short: sumUp(findings),
    rows: [],
    items: findings.map(({ level, text, advice }) => ({ level, title: text, advice })),
  },
  describeCode(snapshot, show),
  describeConsent(snapshot),
  describeForms(snapshot),
  describeWidgets(snapshot),
  describeMessages(snapshot),
  describeEndpoint(snapshot),
  describeCello(snapshot),
  describeCookie(snapshot, show),
  describeSettings(snapshot),
  ...(snapshot.warnings.length
    ? [
        {
          id: 'warnings',
          title: 'Warnings on the console',
          short: String(snapshot.warnings.length),
          rows: [],
          items: snapshot.warnings.map((title) => ({ title })),
        },
      ]
    : []),
];
