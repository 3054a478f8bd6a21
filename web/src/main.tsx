import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Settings } from 'typebox/system';
import './theme/tokens.css';
import './theme/base.css';
import { fetchFormEarly } from './inspector/late-form.tsx';
import { App } from './shell/app.tsx';
import { Boundary } from './shell/boundary.tsx';
import './shell/narrow.css';
import { startTheme } from './theme/theme.ts';

// The page's policy allows no code made at run time; schemas are then read instead of compiled.
Settings.Set({ useAcceleration: false });
startTheme();
fetchFormEarly();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Boundary>
        <App />
      </Boundary>
    </StrictMode>,
  );
}
