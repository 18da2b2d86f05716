export const metadata = { title: 'Sign up', icons: 'data:,' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <head>
        <script async src="/cello-companion.js" data-endpoint="/api/cello" data-include="email" />
      </head>
      <body>
        <main>{children}</main>
      </body>
    </html>
  );
}
