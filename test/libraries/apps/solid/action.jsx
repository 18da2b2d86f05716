import { action, Route, Router } from '@solidjs/router';
import { Match, render, Switch } from 'solid-js/web';
import { send } from '../send.js';

const join = action(async (data) => {
  await send(data);
}, 'join');

export const mount = (root, field) =>
  render(
    () => (
      <Router>
        <Route
          path="*"
          component={() => (
            <form action={join} method="post">
              <label>
                E-mail <input type="email" name="email" />
              </label>
              <Switch>
                <Match when={field === 'hidden'}>
                  <input type="hidden" name="ucc" />
                </Match>
                <Match when={field === 'visible'}>
                  <label>
                    Invite code <input name="ucc" />
                  </label>
                </Match>
              </Switch>
              <button type="submit">Join</button>
            </form>
          )}
        />
      </Router>
    ),
    root,
  );
