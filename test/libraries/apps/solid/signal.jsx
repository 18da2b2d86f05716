import { createStore } from 'solid-js/store';
import { Match, render, Switch } from 'solid-js/web';
import { send } from '../send.js';

export const mount = (root, field) =>
  render(() => {
    const [values, setValues] = createStore({ email: '', ...(field !== 'none' && { ucc: '' }) });
    const submit = (event) => {
      event.preventDefault();
      send(values);
    };
    const change = (event) => setValues(event.currentTarget.name, event.currentTarget.value);
    return (
      <form onSubmit={submit}>
        <label>
          E-mail <input type="email" name="email" value={values.email} onInput={change} />
        </label>
        <Switch>
          <Match when={field === 'hidden'}>
            <input type="hidden" name="ucc" value={values.ucc} onInput={change} />
          </Match>
          <Match when={field === 'visible'}>
            <label>
              Invite code <input name="ucc" value={values.ucc} onInput={change} />
            </label>
          </Match>
        </Switch>
        <button type="submit">Join</button>
      </form>
    );
  }, root);
