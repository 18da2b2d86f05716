import { signUp } from './actions.js';

// biome-ignore lint/style/noDefaultExport: a page of Next.js is a default export
export default function Page() {
  return (
    <form action={signUp}>
      <label>
        E-mail <input type="email" name="email" />
      </label>
      <button type="submit">Join</button>
    </form>
  );
}
