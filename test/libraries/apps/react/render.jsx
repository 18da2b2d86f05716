import { createRoot } from 'react-dom/client';

/** Shows a form in the page, as a single-page app does. */
export const render = (Form) => (root, field) => createRoot(root).render(<Form field={field} />);

/** What every author writes for the address. */
export const Email = (props) => (
  <label>
    E-mail <input type="email" name="email" {...props} />
  </label>
);

/** What an author writes for the code: nothing, a hidden field, or a field that the visitor sees. */
export const Code = ({ field, ...props }) =>
  field === 'none' ? null : field === 'hidden' ? (
    <input type="hidden" name="ucc" {...props} />
  ) : (
    <label>
      Invite code <input name="ucc" {...props} />
    </label>
  );
