import { CelloProvider } from 'cello-companion/react';
import { StrictMode } from 'react';
import { Invitation } from './Invitation.jsx';
import { Signup } from './Signup.jsx';

export const App = () => (
  <StrictMode>
    <CelloProvider endpoint="/api/cello" include={['email']}>
      <main>
        <h1>Sign up</h1>
        <Invitation />
        <Signup />
      </main>
    </CelloProvider>
  </StrictMode>
);
