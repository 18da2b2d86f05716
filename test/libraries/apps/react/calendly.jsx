import { StrictMode } from 'react';
import { InlineWidget } from 'react-calendly';
import { createRoot } from 'react-dom/client';

/** A calendar in an app, as react-calendly's own documentation shows it. */
export const mount = (root) =>
  createRoot(root).render(
    <StrictMode>
      <InlineWidget url="https://calendly.com/acme/demo" />
    </StrictMode>,
  );
