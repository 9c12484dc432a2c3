"""What the published Smart Turn file gives without the quantisation of its activations, computed by onnxruntime.

    python published.py smart-turn-v3.2-cpu.onnx RECORDING.wav… > clips.json

Of each recording the whole, cut at 55 %, and followed by half a second of silence. Put the network and `clips.json` into
one folder and name it in OMNI_SMART_TURN to run the test that compares them; clips name their recordings by full paths.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

from features import exact_session, features, read


def without_activation_pairs(model):
    """The graph with every value as it was before it was quantised; stored integers are dequantised as before."""
    stored = {tensor.name for tensor in model.graph.initializer}
    makers = {output: node for node in model.graph.node for output in node.output}
    aliases = {}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] not in stored:
            pair = makers[node.input[0]]
            assert pair.op_type == "QuantizeLinear"
            aliases[node.output[0]] = pair.input[0]
    kept = [
        node for node in model.graph.node
        if node.op_type != "QuantizeLinear" and not (node.op_type == "DequantizeLinear" and node.output[0] in aliases)]
    for node in kept:
        for index, name in enumerate(node.input):
            while name in aliases:
                name = aliases[name]
            node.input[index] = name
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def main():
    path, *recordings = sys.argv[1:]
    onnxruntime.set_default_logger_severity(3)
    model = without_activation_pairs(onnx.load(path))
    session = exact_session(model)
    clips = []
    for recording in recordings:
        samples = read(recording)
        for end, silence in [(len(samples), 0), (int(0.55 * len(samples)), 0), (len(samples), 8000)]:
            clip = np.concatenate([samples[:end], np.zeros(silence, np.float32)])
            found = session.run(None, {"input_features": features(clip, 800)})[0][0, 0]
            clips.append({
                "recording": str(pathlib.Path(recording).resolve()), "end": end, "silence": silence,
                "probability": round(float(found), 7)})
    json.dump(clips, sys.stdout, indent=0)


main()
