/** https://developer.calendly.com: an inline widget, and what its frame posts. Without `embed_domain` it posts nothing. */
import type { FrameWidget } from './widget.js';

const uris = (id: string) => ({
  event: { uri: `https://api.calendly.com/e/${id}` },
  invitee: { uri: `https://api.calendly.com/i/${id}` },
});

/** `widget.js`: fills `.calendly-inline-widget[data-url]` on load, and opens a popup or a badge when the site's code asks for one. */
export const WIDGET_JS = `{
  const frame = (url) => {
    const address = new URL(url);
    address.searchParams.set('embed_domain', location.host);
    address.searchParams.set('embed_type', 'Inline');
    return Object.assign(document.createElement('iframe'), { src: String(address), width: '100%', height: '100%' });
  };
  window.Calendly = {
    initInlineWidget: ({ url, parentElement }) => parentElement.append(frame(url)),
    initPopupWidget({ url }) {
      const overlay = Object.assign(document.createElement('div'), { className: 'calendly-overlay' });
      const popup = Object.assign(document.createElement('div'), { className: 'calendly-popup' });
      popup.append(frame(url));
      overlay.append(popup);
      document.body.append(overlay);
    },
    initBadgeWidget({ url, text }) {
      const badge = Object.assign(document.createElement('div'), { className: 'calendly-badge-widget' });
      const content = Object.assign(document.createElement('div'), { className: 'calendly-badge-content', innerText: text });
      content.onclick = () => Calendly.initPopupWidget({ url });
      badge.append(content);
      document.body.append(badge);
    },
    closePopupWidget: () => document.querySelector('.calendly-overlay')?.remove(),
  };
  const fill = () => {
    for (const parentElement of document.querySelectorAll('.calendly-inline-widget[data-url]'))
      if (parentElement.dataset.autoLoad !== 'false' && !parentElement.firstChild)
        Calendly.initInlineWidget({ url: parentElement.dataset.url, parentElement });
  };
  document.readyState === 'complete' ? fill() : addEventListener('load', fill);
}`;

export const CALENDLY: FrameWidget = {
  word: 'calendly',
  origin: 'https://calendly.com',
  html: (origin) => `<div class="calendly-inline-widget" data-url="${origin}/acme/demo"></div>
    <script async nonce="page" src="/stand-ins/calendly.js"></script>`,
  codeIn: ({ searchParams }) => searchParams.get('utm_content'),
  booked: (id) => [{ event: 'calendly.event_scheduled', payload: uris(id) }],
  silent: [
    { event: 'calendly.profile_page_viewed' },
    { event: 'calendly.event_type_viewed' },
    { event: 'calendly.date_and_time_selected' },
    { event: 'calendly.page_height', payload: { height: '700px' } },
  ],
  told: (id) => ({ kind: 'demo', ref: uris(id).invitee.uri }),
  taken: 'utm_content=newsletter',
};
