/* The graph over the table of figures, from which it takes its numbers. Under style-src 'self': drawn on a canvas, and the
   tooltip is drawn, too. Without script there is the table. */
(() => {
  const MOST_LINES = 8;
  const box = document.getElementById("chart");
  const table = document.getElementById("figures");
  if (!box || !table || !window.echarts) return;
  const printing = document.querySelector("[data-k-print]");
  printing.hidden = false;
  printing.addEventListener("click", () => print());
  box.hidden = false;

  const css = (name) => {
    const probe = document.createElement("i");
    probe.className = "k-sr";
    document.body.append(probe);
    probe.style.color = `var(${name})`; /* by the CSSOM: no style attribute in the page */
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const texts = new Map(); /* line and place -> the number as the table has it */
  const heads = [...table.tHead.rows[0].cells].slice(1).map((one) => one.textContent);
  const lines = [...table.tBodies[0].rows].slice(0, MOST_LINES).map((row, line) => ({
    name: row.cells[0].textContent,
    data: [...row.cells].slice(1).map((cell, place) => {
      texts.set(`${line}/${place}`, cell.textContent);
      return cell.dataset.v === "" ? null : Number(cell.dataset.v);
    }),
  }));
  const symbols = ["circle", "rect", "triangle", "diamond"];
  const percent = box.dataset.unit === "percent";
  const chart = echarts.init(box, null, { renderer: "canvas" });

  const draw = () => {
    const narrow = box.clientWidth < 600;
    const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: css("--k-ink-2") };
    const plain = (value) => `${Number(value.toFixed(1)).toLocaleString(document.documentElement.lang)}${percent ? " %" : ""}`;
    chart.setOption({
      animation: false,
      textStyle: font,
      grid: { left: 8, right: narrow ? 16 : 150, top: 16, bottom: 8, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true,
        backgroundColor: css("--k-surface"), borderColor: css("--k-line-strong"), textStyle: { ...font, color: css("--k-ink") },
        formatter: (found) => [heads[found[0].dataIndex], ...found.map((one) => `${one.marker} ${one.seriesName}  ${texts.get(`${one.seriesIndex}/${one.dataIndex}`)}`)].join("\n"),
      },
      xAxis: { type: "category", data: heads, boundaryGap: heads.length < 2, axisLabel: { ...font, hideOverlap: true }, axisLine: { lineStyle: { color: css("--k-line-strong") } } },
      yAxis: { type: "value", scale: true, max: percent ? (range) => Math.min(100, Math.ceil(range.max / 5) * 5) : null, axisLabel: { ...font, formatter: plain }, splitLine: { lineStyle: { color: css("--k-line") } } },
      series: lines.map((line, n) => ({
        type: "line", name: line.name, data: line.data, symbol: symbols[n % 4], symbolSize: 7, connectNulls: false,
        color: css(`--k-series-${(n % 4) + 1}`), lineStyle: { width: 2, type: n < 4 ? "solid" : "dashed" },
        endLabel: { show: !narrow, formatter: "{a}", color: css("--k-ink"), width: 130, overflow: "truncate" },
        labelLayout: { moveOverlap: "shiftY" }, emphasis: { focus: "series" },
      })),
    });
  };
  draw();
  const again = () => { chart.resize(); draw(); };
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  matchMedia("print").addEventListener("change", again);
  addEventListener("resize", again);
})();
