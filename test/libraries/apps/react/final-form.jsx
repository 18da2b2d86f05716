import { Field, Form } from 'react-final-form';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

const Signup = ({ field }) => (
  <Form
    onSubmit={(values) => {
      send(values);
    }}
  >
    {({ handleSubmit }) => (
      <form onSubmit={handleSubmit}>
        <label>
          E-mail <Field component="input" type="email" name="email" />
        </label>
        {field !== 'none' && <Field name="ucc">{({ input }) => <Code {...input} field={field} />}</Field>}
        <button type="submit">Join</button>
      </form>
    )}
  </Form>
);

export const mount = render(Signup);
