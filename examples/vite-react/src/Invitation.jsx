import { useUcc } from 'cello-companion/react';

/** The server knows no code, so the first render in the browser has none either. */
export const Invitation = () => <p>{useUcc() ? 'A friend invited you.' : 'Welcome.'}</p>;
