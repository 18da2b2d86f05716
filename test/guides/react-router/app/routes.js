import { index, route } from '@react-router/dev/routes';

// biome-ignore lint/style/noDefaultExport: React Router reads its routes from the default export
export default [
  index('routes/home.jsx'),
  route('welcome', 'routes/welcome.jsx'),
  route('signup', 'routes/signup.jsx'),
  route('api/cello', 'routes/cello.js'),
];
