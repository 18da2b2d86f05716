/** HubSpot Meetings: `data-src`, and a message that HubSpot does not document; integrations read it in three spellings. */
import type { FrameWidget } from './widget.js';

/** `MeetingsEmbedCode.js`: puts a frame into each container. */
export const EMBED_CODE_JS = `{
  const fill = () => {
    for (const holder of document.querySelectorAll('.meetings-iframe-container[data-src]:empty'))
      holder.append(Object.assign(document.createElement('iframe'), { src: holder.dataset.src, width: '100%' }));
  };
  document.readyState === 'complete' ? fill() : addEventListener('load', fill);
}`;

const answer = (more: object) => ({ meetingsPayload: { bookingResponse: more } });

/** One booking as it may be said: `id` is the address's own part, and the slot is the same in all of them. */
export const MEETING = {
  full: (id: string) => ({
    meetingBookSucceeded: true,
    ...answer({
      postResponse: {
        contact: { email: `${id}@example.com`, firstName: 'Ada', lastName: 'Byron' },
        timerange: { start: 1_796_119_200_000, end: 1_796_121_000_000 },
      },
    }),
  }),
  noContact: { meetingBookSucceeded: true, ...answer({ postResponse: { contact: null } }) },
  older: { meetingBookSucceeded: true, ...answer({ event: { dateTime: 1_796_119_200_000 } }) },
  bare: { meetingBookSucceeded: true },
  misspelt: { meeetingBookSucceeded: true },
  created: { meetingCreated: true },
};

export const HUBSPOT_MEETINGS: FrameWidget = {
  word: 'hubspot-meetings',
  origin: 'https://meetings.hubspot.com',
  html: (origin) => `<div class="meetings-iframe-container" data-src="${origin}/acme/demo?embed=true"></div>
    <script async nonce="page" src="/stand-ins/hubspot-meetings.js"></script>`,
  codeIn: ({ searchParams }) => searchParams.get('ucc'),
  booked: (id) => [MEETING.full(id)],
  silent: [{ meetingBookSucceeded: false }, { height: 700 }],
  told: () => ({ kind: 'demo' }),
  taken: 'ucc=THEIRS',
};
