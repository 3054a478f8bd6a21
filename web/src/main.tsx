import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Settings } from 'typebox/system';
import './theme/tokens.css';
import './theme/base.css';
import { App } from './shell/app.tsx';
import './shell/narrow.css';
import { startTheme } from './theme/theme.ts';

// The page's policy allows no code made at run time; schemas are then read instead of compiled.
Settings.Set({ useAcceleration: false });
startTheme();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
