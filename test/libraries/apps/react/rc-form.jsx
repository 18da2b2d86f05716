import Form, { Field } from '@rc-component/form';
import { send } from '../send.js';
import { render } from './render.jsx';

const Signup = ({ field }) => (
  <Form onFinish={(values) => send(values)}>
    <label>
      E-mail
      <Field name="email">
        <input type="email" />
      </Field>
    </label>
    {field !== 'none' && (
      <label hidden={field === 'hidden'}>
        Invite code
        <Field name="ucc">
          <input type={field === 'hidden' ? 'hidden' : 'text'} name="ucc" />
        </Field>
      </label>
    )}
    <button type="submit">Join</button>
  </Form>
);

export const mount = render(Signup);
