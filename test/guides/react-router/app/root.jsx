import { Links, Meta, Outlet, Scripts } from 'react-router';

// biome-ignore lint/style/noDefaultExport: React Router's root is a default export
export default function Root() {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <script async src="/cello-companion.js" data-endpoint="/api/cello" data-include="email" />
        <Meta />
        <Links />
      </head>
      <body>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}
