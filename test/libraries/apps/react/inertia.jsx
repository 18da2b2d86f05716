import { createInertiaApp, Form, useForm } from '@inertiajs/react';
import { createRoot } from 'react-dom/client';
import { Code, Email } from './render.jsx';

/** Inertia's own memory of the form. */
function Remembered({ field }) {
  const { data, setData, post } = useForm({ email: '', ...(field !== 'none' && { ucc: '' }) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        post('/join');
      }}
    >
      <label>
        E-mail
        <input
          type="email"
          name="email"
          value={data.email}
          onChange={(event) => setData('email', event.target.value)}
        />
      </label>
      {field !== 'none' && (
        <Code field={field} value={data.ucc} onChange={(event) => setData('ucc', event.target.value)} />
      )}
      <button type="submit">Join</button>
    </form>
  );
}

/** Inertia's form, which reads the page's own fields. */
const Plain = ({ field }) => (
  <Form action="/join" method="post">
    <Email />
    <Code field={field} />
    <button type="submit">Join</button>
  </Form>
);

const start = (Signup) => (root, field) => {
  const page = { component: 'Signup', props: { field, errors: {} }, url: '/', version: null };
  createInertiaApp({
    id: root.id,
    page,
    resolve: () => Signup,
    setup: ({ el, App, props }) => createRoot(el).render(<App {...props} />),
  });
};

export const mount = start(Remembered);
export const mountPlain = start(Plain);
