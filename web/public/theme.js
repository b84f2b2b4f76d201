// Before the first paint: the theme somebody chose. Without a choice the system decides.
(() => {
  try {
    const theme = localStorage.getItem('voxgate-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is closed to us; the system's theme it is.
  }
})();
