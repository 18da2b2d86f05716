/**
 * Whether a companion runs, and what its script tag says.
 */
import { type Check, type Finding, list, note, problem, sentence, warning } from './finding.js';

export const checkCompanion: Check = ({ companion, tags, page }) => {
  const [tag] = tags;
  if (companion === 'absent' && tag?.attributes['type'] === 'text/plain')
    return [
      problem(
        'held-back',
        'Our script tag has type="text/plain": a consent manager holds it back, so no companion is running.',
        'Let the script run and say data-consent="pending": it stores nothing before setConsent("granted").',
      ),
    ];
  if (companion === 'absent' && tag)
    return [
      problem(
        'not-running',
        `Our script tag is on the page (${tag.src}), but no companion is running.`,
        'Open the address of the script. If it answers 404, copy the file there; otherwise, look at the console for a Content Security Policy, an ad blocker or an error.',
      ),
    ];
  if (companion === 'absent')
    return [
      problem(
        'not-running',
        'No companion is running on this page, and it has no script tag of ours.',
        'Add the script tag to every page, landing pages included, or call start() in your app.',
      ),
    ];
  if (companion === 'inert')
    return [
      problem(
        'inert',
        'The companion can do nothing here: this is no HTML page, the browser is too old, or the start failed.',
        'Look at the console for “could not start”, and use Safari 15, Chrome or Edge 90, Firefox 90 or newer.',
      ),
    ];
  if (companion === 'other')
    return [
      warning(
        'other-version',
        'The script and the inspector are from different versions, so parts of this list are missing.',
        'Copy all the files of one version to the same folder, and purge the caches in front of them.',
      ),
    ];
  return page.isComplete ? [] : [note('loading', 'The page is still loading.', 'Wait a moment: this list follows.')];
};

const explain = (text: string, level: 'warning' | 'note'): Finding => {
  const isUnknown = text.startsWith('unknown attribute');
  return {
    id: isUnknown ? 'unknown-attribute' : 'bad-value',
    level: isUnknown ? level : 'problem',
    text: sentence(text),
    advice: isUnknown
      ? 'It has no effect: correct the name, or leave it if another tool reads it.'
      : 'The default is used instead: correct the value.',
  };
};

/** Hosts in the option `links` to which nothing on the page leads. */
export const checkLinks: Check = ({ companion, settings, page }) => {
  const unused = (settings?.links ?? []).filter((host) => !page.linkHosts.includes(host));
  return companion === 'running' && unused.length
    ? [
        note(
          'link-host',
          `No link on this page leads to ${list(unused)}, which the option links names.`,
          'Compare the host with your links, letter by letter: www and the port count.',
        ),
      ]
    : [];
};

export const checkTags: Check = ({ tags }) => [
  ...(tags.length > 1
    ? [
        warning(
          'two-tags',
          `The page has ${tags.length} of our script tags, and the first one to run decides the settings.`,
          'Remove the others. A tag manager is the usual place of the second one.',
        ),
      ]
    : []),
  ...tags.flatMap(({ attributes, notices }) => [
    ...notices.map(({ level, text }) => explain(text, level)),
    ...(/^(true)?$/.test(attributes['data-debug'] ?? 'no')
      ? [
          note(
            'debug-for-all',
            'The attribute data-debug shows this inspector to every visitor of the page.',
            'Remove it before you go live: ?cello-companion=debug opens the inspector in your own tab only.',
          ),
        ]
      : []),
  ]),
];
