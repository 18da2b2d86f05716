'use client';

import { useActionState } from 'react';
import { signUp } from './actions.js';

export default function Signup() {
  const [state, action, isPending] = useActionState(signUp, {});
  return (
    <>
      <h1>Sign up</h1>
      <form action={action}>
        <label>
          E-mail <input type="email" name="email" required defaultValue={state.email} />
        </label>
        <label>
          Name <input name="name" autoComplete="name" defaultValue={state.name} />
        </label>
        {state.error && <p role="alert">{state.error}</p>}
        <button type="submit" disabled={isPending}>
          Sign up
        </button>
      </form>
    </>
  );
}
