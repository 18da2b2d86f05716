/** Chili Piper's concierge: `ChiliPiper.submit(tenant, router, { lead })`, and the actions its help centre lists. */
import type { FrameWidget } from './widget.js';

/** `concierge-js`: opens a frame, which gets the lead. */
export const CONCIERGE_JS = `window.ChiliPiper = {
  submit(tenant, router, { lead = {} } = {}) {
    const address = new URL('https://' + tenant + '.chilipiper.com/router/' + router);
    for (const [name, value] of Object.entries(lead)) address.searchParams.set(name, value);
    const popup = Object.assign(document.createElement('div'), { className: 'chilipiper-popup' });
    popup.append(Object.assign(document.createElement('iframe'), { src: String(address) }));
    document.body.append(popup);
  },
};`;

export const CHILI_PIPER: FrameWidget = {
  word: 'chilipiper',
  origin: 'https://acme.chilipiper.com',
  html: () => `<script nonce="page" src="/stand-ins/chilipiper.js"></script>
    <script nonce="page">addEventListener('load', () => setTimeout(() =>
      ChiliPiper.submit('acme', 'inbound', { map: true, lead: { email: 'ada@example.com' } }), 50));</script>`,
  codeIn: ({ searchParams }) => searchParams.get('ucc'),
  booked: (eventId) => [
    { action: 'booked', args: { routeId: 'r1', eventId } },
    { action: 'booking-confirmed', args: { eventId } },
  ],
  silent: [{ action: 'availability-loaded' }, { action: 'rescheduled', args: { eventId: 'moved' } }],
  told: () => ({ kind: 'demo' }),
};
