import { join } from '../../join.js';

// biome-ignore lint/style/noDefaultExport: a page of Next.js is a default export
export default async function Page({ params }) {
  const { field } = await params;
  return (
    <form action={join}>
      <label>
        E-mail <input type="email" name="email" />
      </label>
      {field === 'hidden' && <input type="hidden" name="ucc" />}
      {field === 'visible' && (
        <label>
          Invite code <input name="ucc" />
        </label>
      )}
      <button type="submit">Join</button>
    </form>
  );
}
