// biome-ignore lint/style/noDefaultExport: a layout of Next.js is a default export
export default function Layout({ children }) {
  return (
    <html lang="en">
      <head>
        <script async src="/cello-companion.js" data-endpoint="/api/cello" data-include="email" />
      </head>
      <body>{children}</body>
    </html>
  );
}
