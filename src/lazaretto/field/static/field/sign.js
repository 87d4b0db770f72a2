// A signature drawn with a finger, as the path of an SVG.
export function pad(canvas) {
  const pen = canvas.getContext("2d");
  let path = "", drawing = false;
  const at = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [Math.round((clientX - box.left) * 300 / box.width), Math.round((clientY - box.top) * 120 / box.height)];
  };
  canvas.width = 300;
  canvas.height = 120;
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    path += `M${x} ${y}`;
    pen.beginPath();
    pen.moveTo(x, y);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const [x, y] = at(event);
    path += `L${x} ${y}`;
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 3;
    pen.lineTo(x, y);
    pen.stroke();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (drawing = false));
  return {
    path: () => path.slice(0, 20000).replace(/[ML][^ML]*$/, (last) => (path.length > 20000 ? "" : last)),
    clear() {
      path = "";
      pen.clearRect(0, 0, canvas.width, canvas.height);
    },
  };
}
