import Foundation
import OmniTensor

extension RandomModel {
    /// `small.pt`: `{"dims", "model_state_dict"}` in half precision, as OpenAI publishes Whisper; without its text
    /// decoder, which no model reads here.
    func writeEncoder(to url: URL) throws {
        let width = dimensions.encoderWidth
        var file = CheckpointMembers(RandomWeights(seed: seed, scalarType: .float16))
        file.add(
            "encoder.positional_embedding",
            file.weights.tensor("positions", [dimensions.contextLength, width], deviation: 0.5))
        file.addLayer("encoder.conv1", [width, dimensions.melBinCount, 3])
        file.addLayer("encoder.conv2", [width, width, 3])
        for layer in 0..<dimensions.encoderLayerCount {
            let block = "encoder.blocks.\(layer)."
            file.addLayer(block + "attn.query", [width, width])
            file.addLayer(block + "attn.key", [width, width], bias: false)
            file.addLayer(block + "attn.value", [width, width])
            file.addLayer(block + "attn.out", [width, width])
            file.addNorm(block + "attn_ln", width, bias: true)
            file.addLayer(block + "mlp.0", [4 * width, width])
            file.addLayer(block + "mlp.2", [width, 4 * width])
            file.addNorm(block + "mlp_ln", width, bias: true)
        }
        file.addNorm("encoder.ln_post", width, bias: true)
        let root: CheckpointDictionary = [
            "dims": .dictionary([
                "n_mels": .scalar(.integer(dimensions.melBinCount)),
                "n_audio_ctx": .scalar(.integer(dimensions.contextLength)),
                "n_audio_state": .scalar(.integer(width)),
                "n_audio_head": .scalar(.integer(dimensions.encoderHeadCount)),
                "n_audio_layer": .scalar(.integer(dimensions.encoderLayerCount)),
            ]),
            "model_state_dict": .dictionary(CheckpointDictionary(file.members)),
        ]
        try PyTorchArchiveWriter.write(root, to: url)
    }
}
