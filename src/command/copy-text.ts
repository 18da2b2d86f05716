/**
 * What `copy` prints.
 */
import type { CopyCall } from './arguments.js';
import type { Copied, CopiedFile } from './copy.js';

/** Folders that servers and frameworks serve as the site's root. */
const ROOTS =
  /(?:^|\/)(?:public|static|www|htdocs|httpdocs|public_html|wwwroot|webroot|html|dist|build|out|_site|site)(?=\/|$)/g;

const SCRIPT = 'cello-companion.js';
const EMBEDS = 'cello-companion.embeds.js';

/** The path under which a site probably serves a file: what follows the last folder that is served as a root. */
function guessPath(folder: string, name: string): string {
  const path = folder.replaceAll('\\', '/');
  const last = [...path.matchAll(ROOTS)].at(-1);
  const below = last ? path.slice(last.index + last[0].length).replace(/^\/+|\/+$/g, '') : '';
  return encodeURI(`/${below ? `${below}/` : ''}${name}`);
}

/** The script tag for a file. */
function tagOf(folder: string, { name, integrity }: CopiedFile): string {
  return `<script async src="${guessPath(folder, name)}" integrity="${integrity}" data-endpoint="/api/cello" data-include="email"></script>`;
}

const WORDS: Readonly<Record<CopiedFile['state'], string>> = {
  new: 'new',
  same: 'unchanged',
  replaced: 'replaced',
  foreign: 'replaced, was not ours',
};

const describeFile = ({ name, state, former }: CopiedFile, version: string): string =>
  `  ${name.padEnd(40)} ${WORDS[state]}${state === 'replaced' && former && former !== version ? `, was ${former}` : ''}`;

function describeRefusal({ files, folder }: Copied): string {
  const foreign = files.filter(({ state }) => state === 'foreign').map(({ name }) => `  ${name}`);
  return `Nothing was copied: in ${folder} there ${foreign.length > 1 ? 'are files' : 'is a file'} that cello-companion did not put there:
${foreign.join('\n')}
Move ${foreign.length > 1 ? 'them' : 'it'} away, choose another folder, or replace ${foreign.length > 1 ? 'them' : 'it'} with --force.`;
}

function describeSteps({ files, folder, version }: Copied, shown: string): string {
  const script = files.find(({ name }) => name === SCRIPT);
  const embeds = files.find(({ name }) => name === EMBEDS);
  const lines = [
    `cello-companion ${version} is in ${shown}:`,
    ...files.map((file) => describeFile(file, version)),
    '',
    'Put this tag into the <head> of every page, landing pages included:',
    '',
    `  ${script ? tagOf(folder, script) : ''}`,
    '',
    'Next:',
    '- src is the address under which your site serves that file. Correct it if it is another one, and keep the files together.',
    '- data-endpoint is your own endpoint: docs/server.md. Without one, leave it out; the forms get the code all the same.',
    ...(embeds
      ? [
          `- For pages with Calendly, HubSpot or another widget: src="${guessPath(folder, EMBEDS)}" integrity="${embeds.integrity}"`,
        ]
      : []),
    '- After every update of the package run this again, and renew the hash in the tag: a browser refuses a file that does not match it.',
  ];
  return lines.join('\n');
}

/**
 * Says what `copy` did, and what to do next.
 *
 * @param copied - What happened.
 * @param call - Whether it is to be JSON, and the folder as it was typed.
 * @returns Text without a final line break.
 */
export function describeCopy(copied: Copied, call: CopyCall): string {
  if (call.isJson) {
    const script = copied.files.find(({ name }) => name === SCRIPT);
    return JSON.stringify({ ...copied, tag: copied.isDone && script ? tagOf(copied.folder, script) : null }, null, 2);
  }
  if (copied.reason) return copied.reason;
  return copied.isDone ? describeSteps(copied, call.folder) : describeRefusal(copied);
}
