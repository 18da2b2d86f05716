import { Field, Form, Formik } from 'formik';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

const Signup = ({ field }) => (
  <Formik
    initialValues={{ email: '', ...(field !== 'none' && { ucc: '' }) }}
    onSubmit={(values) => {
      send(values);
    }}
  >
    <Form>
      <label>
        E-mail <Field type="email" name="email" />
      </label>
      {field !== 'none' && <Field name="ucc">{(code) => <Code {...code.field} field={field} />}</Field>}
      <button type="submit">Join</button>
    </Form>
  </Formik>
);

export const mount = render(Signup);
