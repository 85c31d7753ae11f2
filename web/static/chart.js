// Draws the charts of a page: figures with a Vega-Lite spec beside them. Without it, or if drawing fails, the picture
// and the table in the page stay. Nothing is evaluated, and no style or script is written into the page.
"use strict";
(() => {
  const NARROW_PX = 520;
  const LEGEND_PX = 215; // of a name in the legend
  const ERRORS = 1; // of Vega's log levels
  const figures = [...document.querySelectorAll("figure[data-chart]")];
  if (!figures.length) return;

  let loading = null;
  const loadBundle = (src) =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${src} was not loaded`));
      document.head.append(script);
    }));

  // Pages are dark if their text is light, whoever decided that.
  function isDark(figure) {
    const [red, green, blue] = getComputedStyle(figure).color.match(/[\d.]+/g).map(Number);
    return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
  }

  const tip = document.createElement("dl");
  tip.className = "chart-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  function showTip(_handler, event, _item, value) {
    tip.hidden = value === null || typeof value !== "object";
    if (tip.hidden) return;
    tip.replaceChildren(
      ...Object.entries(value).flatMap(([name, text]) => {
        if (text === undefined || text === null || String(text) === "undefined") return []; // not every point has all
        const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
        term.textContent = name;
        detail.textContent = text;
        detail.dir = "auto";
        return [term, detail];
      }),
    );
    const left = event.clientX + 14 + tip.offsetWidth > innerWidth ? event.clientX - 14 - tip.offsetWidth : event.clientX + 14;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 4))}px`;
  }

  // Charts hold their data, and lead to pages of this site only.
  const refuse = () => Promise.reject(new Error("charts load nothing"));
  const isOurs = (uri) => new URL(uri, location.href).origin === location.origin;
  const loader = { load: refuse, http: refuse, file: refuse };
  loader.sanitize = (uri) => (isOurs(uri) ? Promise.resolve({ href: uri }) : refuse());

  const drawn = new Map();

  async function draw(figure) {
    const target = figure.querySelector(".chart-drawn");
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const dark = isDark(figure);
    if (dark) spec.config = spec.usermeta.dark;
    spec.config.legend.columns = Math.max(1, Math.floor(target.clientWidth / LEGEND_PX));
    if (target.clientWidth < NARROW_PX) spec.config.axisY.labelLimit = 110;
    await loadBundle(figure.dataset.bundle);
    drawn.get(figure)?.finalize();
    const embedded = await window.vegaEmbed(target, spec, {
      ast: true,
      actions: false,
      defaultStyle: false,
      hover: false,
      loader,
      logLevel: ERRORS,
      mode: "vega-lite",
      renderer: "canvas",
      tooltip: showTip,
    });
    drawn.set(figure, { dark, finalize: embedded.finalize });
    figure.classList.add("drawn");
  }

  // A chart that cannot be drawn leaves the picture and the table; the reason is only of use to who looks for it.
  const tryToDraw = (figure) => draw(figure).catch((reason) => console.info(`a chart is not drawn: ${reason.message}`));

  function redraw() {
    tip.hidden = true;
    for (const [figure, { dark }] of drawn) if (dark !== isDark(figure)) tryToDraw(figure);
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        tryToDraw(target);
      }
    },
    { rootMargin: "400px" },
  );
  figures.forEach((figure) => near.observe(figure));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
  addEventListener("scroll", () => (tip.hidden = true), { passive: true });
})();
