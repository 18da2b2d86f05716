import { createBrowserRouter, Form } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { send } from '../send.js';
import { Code, Email, render } from './render.jsx';

const Signup = ({ field }) => (
  <Form method="post" action="/signup">
    <Email />
    <Code field={field} />
    <button type="submit">Join</button>
  </Form>
);

const action = async ({ request }) => {
  await send(await request.formData());
  return null;
};

const App = ({ field }) => (
  <RouterProvider router={createBrowserRouter([{ path: '*', action, element: <Signup field={field} /> }])} />
);

export const mount = render(App);
