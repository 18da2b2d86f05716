/**
 * The endpoint: whether there is one, what it answers, and what became of the messages.
 */
import type { MessageState, ProbeState } from '../snapshot.js';
import { type Check, type Finding, fine, note, problem, sentence, warning } from './finding.js';

/** What each answer to a probe means. `$`: the status. */
const PROBES: { readonly [is in ProbeState['is']]: readonly [text: string, advice: string] } = {
  endpoint: ['answers as it should', ''],
  accepts: [
    'answers $ to a message that means nothing',
    'createEndpoint refuses such a message with 400. If your own code answers, let it check what it gets.',
  ],
  'origin refused': [
    'refuses this page’s origin (status $)',
    'List the origin in createEndpoint({ allowOrigins }), exactly as the browser sends it.',
  ],
  redirect: [
    'redirects to another address',
    'Redirects lose the message: use the final address, and put no login, language or slash redirect in front of it.',
  ],
  'web page': [
    'answers with a web page (status $)',
    'A login or a catch-all route answers in its place: mount createEndpoint at exactly this path, in front of them.',
  ],
  'not found': [
    'does not exist (status $)',
    'Mount createEndpoint at exactly this path, and deploy the server before the page.',
  ],
  'no post': [
    'accepts no POST (status $)',
    'Mount createEndpoint for POST, and for OPTIONS if it is on another origin.',
  ],
  blocked: [
    'is answered by somebody else (status $)',
    'A login, a firewall or CSRF protection stands in front: let POST requests to this path through.',
  ],
  failing: ['fails (status $)', 'Look at the server’s log. Messages are kept and tried again for 48 hours.'],
  policy: [
    'is blocked by this page’s Content Security Policy',
    'Add the endpoint’s origin to connect-src in the policy.',
  ],
  'no cors': [
    'answers without CORS headers, so the browser hides the answer',
    'List this page’s origin in createEndpoint({ allowOrigins }), and let OPTIONS through.',
  ],
  unreachable: [
    'cannot be reached',
    'Check the address and the network; an ad blocker may block it, too. Messages are kept and tried again for 48 hours.',
  ],
};

/** What each reason for a failed attempt comes to, in the words of a probe. */
function probeOf(answer: string): ProbeState | null {
  const [, digits = '0'] = /^status (\d+)/.exec(answer) ?? [];
  const status = Number(digits);
  const is = (word: ProbeState['is']): ProbeState => ({ is: word, status });
  if (answer.startsWith('web page')) return is('web page');
  if (answer === 'content security policy') return is('policy');
  if (/^(network|offline|no answer)$/.test(answer)) return is('unreachable');
  if (/"origin"/.test(answer)) return is('origin refused');
  if (status === 404) return is('not found');
  if (status === 405) return is('no post');
  if (status >= 500) return is('failing');
  return status ? is('blocked') : null;
}

const explain = ({ is, status }: ProbeState, endpoint: string, id: string): Finding => {
  const [text, advice] = PROBES[is];
  const said = `The endpoint ${endpoint} ${text.replace('$', String(status))}.`;
  if (is === 'endpoint') return fine(id, said);
  return (is === 'accepts' ? note : problem)(id, said, advice);
};

export const checkEndpoint: Check = ({ companion, settings, probe }) => {
  if (companion !== 'running' || !settings) return [];
  if (!settings.endpoint)
    return [
      warning(
        'no-endpoint',
        'There is no endpoint: forms carry the code, and nothing is sent to your server.',
        'Set data-endpoint to the path of your endpoint, unless your form handlers read the field ucc themselves.',
      ),
    ];
  return [
    ...(settings.send.includes('submit')
      ? []
      : [
          note(
            'no-submit',
            'Submissions are not sent by themselves, because the option send says so.',
            'Call report() where a sign-up or a demo succeeds, or add submit to data-send.',
          ),
        ]),
    ...(probe ? [explain(probe, settings.endpoint, 'probe')] : []),
  ];
};

/** Why messages wait or are lost: once for each reason, however many they are. */
export const checkMessages: Check = ({ companion, settings, messages, probe, warnings }) => {
  if (companion !== 'running' || !settings?.endpoint) return [];
  const { endpoint } = settings;
  const failed = messages.filter(({ state, answer }) => state !== 'arrived' && answer);
  const reasons = [...new Set(failed.map(({ answer }) => answer ?? ''))];
  const countOf = (state: MessageState['state']) => messages.filter((message) => message.state === state).length;
  const arrived = countOf('arrived');
  return [
    ...(arrived ? [fine('messages', `${arrived === 1 ? '1 message has' : `${arrived} messages have`} arrived.`)] : []),
    ...(countOf('lost')
      ? [
          problem(
            'lost',
            `${countOf('lost') === 1 ? '1 message is' : `${countOf('lost')} messages are`} lost: the endpoint refused, or time ran out.`,
            'The last answer is beside each message: correct the cause, and submit again.',
          ),
        ]
      : []),
    ...(probe
      ? []
      : reasons.flatMap((answer) => {
          const known = probeOf(answer);
          return known ? [explain(known, endpoint, 'delivery')] : [];
        })),
    ...[...warnings]
      .filter((text) => /^failed: /.test(text))
      .map((text) => problem('error', sentence(text), REPORT_IT)),
  ];
};

const REPORT_IT = 'This is an error of ours: please report it, with the text that Copy gives.';
