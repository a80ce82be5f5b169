"use strict";
// The timeline's hands: one moment and one stretch of time for all curves at once. Without scripts the drawing stands as it was printed.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const svg = document.querySelector("svg.plot");
  const NS = "http://www.w3.org/2000/svg";
  const { left, right, duration } = data;
  const slider = document.getElementById("moment"), told = document.getElementById("told"), expert = document.getElementById("with-expert");
  let from = 0, to = duration, chosen = null, start = null;

  const make = (kind, name, parent = svg) => {
    const one = document.createElementNS(NS, kind);
    one.setAttribute("class", name);
    parent.appendChild(one);
    return one;
  };
  const x = (t) => left + (right - left) * (t - from) / (to - from);
  const timeAt = (event) => {
    const box = svg.getBoundingClientRect();
    const px = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
    return Math.min(Math.max(from + (to - from) * (px - left) / (right - left), 0), duration);
  };
  const clock = (t) => {
    const whole = Math.floor(t + 1e-9);
    return String(Math.floor(whole / 60)).padStart(2, "0") + ":" + String(whole % 60).padStart(2, "0");
  };
  // The curve's value at a time: points come in order, so the last one before it.
  const valueAt = (points, t) => {
    let low = 0, high = points.length - 1;
    if (high < 0 || t < points[0][0] - 0.2 || t > points[high][0] + 0.2) return null;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (points[middle][0] <= t + 1e-9) low = middle; else high = middle - 1;
    }
    return points[low][1];
  };
  const written = (value) => value === null ? "–" : value.toFixed(Math.abs(value) < 10 ? 1 : 0).replace("-", "−");

  const shade = make("rect", "chosen"), cursor = make("line", "cursor");
  const labels = data.tracks.map(() => make("text", "at"));
  shade.setAttribute("visibility", "hidden");
  for (const [name, value] of [["y1", data.top], ["y2", data.bottom]]) cursor.setAttribute(name, value);
  for (const [name, value] of [["y", data.top], ["height", data.bottom - data.top]]) shade.setAttribute(name, value);

  const place = () => {
    const clip = (t) => Math.min(Math.max(x(t), left), right);
    for (const one of svg.querySelectorAll("[data-t]")) {
      const t = Number(one.dataset.t), end = one.dataset.end === undefined ? null : Number(one.dataset.end);
      if (one.tagName === "rect") {
        one.setAttribute("x", clip(t));
        one.setAttribute("width", Math.max(clip(end) - clip(t), end >= from && t <= to ? 2 : 0));
        continue;
      }
      const seen = end === null ? t >= from && t <= to : end > from && t < to && clip(end) - clip(t) > Number(one.dataset.room || 0);
      one.setAttribute("visibility", seen ? "visible" : "hidden");
      one.setAttribute("transform", `translate(${(end === null ? x(t) : clip(t)) - Number(one.dataset.x)} 0)`);
    }
    data.tracks.forEach((track, i) => {
      const y = (v) => track.bottom - (track.bottom - track.top) * (v - track.low) / (track.high - track.low);
      const group = svg.querySelectorAll("g.track")[i];
      for (const [name, points] of [["own", track.points], ["expert", track.expert]]) {
        const line = group.querySelector("polyline." + name);
        if (!line) continue;
        let first = points.findIndex((p) => p[0] >= from), last = points.findIndex((p) => p[0] > to);
        first = first < 0 ? points.length : first;
        last = last < 0 ? points.length : last;
        line.setAttribute("points", points.slice(first, last).map((p) => x(p[0]).toFixed(1) + "," + y(p[1]).toFixed(1)).join(" "));
      }
    });
    for (const one of svg.querySelectorAll(".grid[data-axis], text.time")) one.remove();
    const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200].find((s) => (to - from) / s <= 12) || 3600;
    for (let t = Math.ceil(from / step) * step; t <= to + 1e-9; t += step) {
      const line = document.createElementNS(NS, "line"), text = make("text", "time");
      line.setAttribute("class", "grid");
      line.setAttribute("data-axis", "");
      for (const [name, value] of [["x1", x(t)], ["x2", x(t)], ["y1", data.top], ["y2", data.bottom]]) line.setAttribute(name, value);
      svg.insertBefore(line, svg.querySelector("g.track"));
      text.setAttribute("x", x(t));
      text.setAttribute("y", data.bottom + 15);
      text.textContent = clock(t);
    }
  };
  const show = (t) => {
    chosen = t;
    const inside = t !== null && t >= from && t <= to;
    cursor.setAttribute("visibility", inside ? "visible" : "hidden");
    const words = [];
    data.tracks.forEach((track, i) => {
      labels[i].setAttribute("visibility", inside ? "visible" : "hidden");
      if (t === null) return;
      const own = written(valueAt(track.points, t));
      const theirs = expert && expert.checked ? " (expert " + written(valueAt(track.expert, t)) + ")" : "";
      words.push(track.label + " " + own + " " + track.unit + theirs);
      const near = x(t) > right - 130;
      labels[i].setAttribute("x", x(t) + (near ? -6 : 6));
      labels[i].setAttribute("y", track.top + 26);
      labels[i].setAttribute("text-anchor", near ? "end" : "start");
      labels[i].textContent = own + theirs;
    });
    if (t === null) return;
    cursor.setAttribute("x1", x(t));
    cursor.setAttribute("x2", x(t));
    slider.value = t;
    slider.setAttribute("aria-valuetext", clock(t) + ": " + words.join(", "));
    const stage = data.stages.find((s) => t >= s[1] && t < s[2]);
    told.textContent = clock(t) + " · " + words.join(" · ") + (stage ? " · " + stage[0] : "");
  };
  const zoom = (a, b) => {
    const wide = Math.min(Math.max(b - a, 5), duration);
    from = Math.min(Math.max((a + b - wide) / 2, 0), duration - wide);
    to = from + wide;
    place();
    show(chosen);
  };
  const by = (factor) => {
    const middle = chosen === null ? (from + to) / 2 : chosen, half = (to - from) * factor / 2;
    zoom(middle - half, middle + half);
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType !== "touch") start = timeAt(event);
  });
  svg.addEventListener("pointermove", (event) => {
    const t = timeAt(event);
    show(t);
    const dragged = start !== null && Math.abs(x(t) - x(start)) > 4;
    shade.setAttribute("visibility", dragged ? "visible" : "hidden");
    if (dragged) {
      shade.setAttribute("x", Math.min(x(t), x(start)));
      shade.setAttribute("width", Math.abs(x(t) - x(start)));
    }
  });
  addEventListener("pointerup", (event) => {
    if (start === null) return;
    const begun = start, t = timeAt(event);
    start = null;
    shade.setAttribute("visibility", "hidden");
    if (Math.abs(x(t) - x(begun)) > 4) zoom(Math.min(t, begun), Math.max(t, begun)); else show(t);
  });
  svg.addEventListener("dblclick", () => zoom(0, duration));
  slider.addEventListener("input", () => {
    const t = Number(slider.value);
    if (t < from || t > to) zoom(t - (to - from) / 2, t + (to - from) / 2);
    show(t);
  });
  document.getElementById("closer").addEventListener("click", () => by(0.5));
  document.getElementById("wider").addEventListener("click", () => by(2));
  document.getElementById("whole").addEventListener("click", () => zoom(0, duration));
  if (expert) expert.addEventListener("change", () => {
    for (const line of svg.querySelectorAll("polyline.expert")) line.setAttribute("visibility", expert.checked ? "visible" : "hidden");
    show(chosen);
  });
  for (const link of document.querySelectorAll("a[data-at]")) link.addEventListener("click", () => {
    const t = Number(link.dataset.at);
    if (t < from || t > to) zoom(0, duration);
    show(t);
  });
  addEventListener("beforeprint", () => { zoom(0, duration); show(null); });
  document.querySelector(".handles").hidden = false;
  place();
  show(null);
})();
