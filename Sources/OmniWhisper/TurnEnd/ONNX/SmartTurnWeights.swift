import OmniTensor

/// What it takes to build a Smart Turn network: the weights under PyTorch's names, and their extents.
struct SmartTurnWeights {
    /// The weights; those of the encoder under `encoder` and the names of Hugging Face.
    var tensors: [String: Tensor<Float>] = [:]
    /// The encoder's dimensions.
    var configuration: WhisperEncoder.Configuration
    /// Hidden values of the pooling's perceptron.
    var poolingWidth: Int
    /// Values behind the first and the second layer of the classifier.
    var classifierWidths: (first: Int, second: Int)
    /// The file, for messages.
    let file: String
}

extension SmartTurnWeights {
    /// Makes sure that the network has a size that a decision in a conversation can have. Extents of a file that lies
    /// are refused here, before there is any work.
    func validate() throws(CheckpointError) {
        func require(_ name: String, _ value: Int, atMost limit: Int) throws(CheckpointError) {
            guard (1...limit).contains(value) else {
                throw CheckpointError(
                    .unknownNetwork, file: file,
                    reason: "\(name) of \(value) lie outside of 1...\(limit), which a Smart Turn network can have")
            }
        }
        try require("mel bins", configuration.melBinCount, atMost: 128)
        try require("positions", configuration.contextLength, atMost: 1500)
        try require("values in a position", configuration.width, atMost: 1280)
        try require("layers", configuration.layerCount, atMost: 32)
        try require("hidden values of a layer", configuration.mlpWidth, atMost: 5120)
        try require("hidden values of the pooling", poolingWidth, atMost: 1280)
        try require("values in the classifier", classifierWidths.first, atMost: 1280)
        try require("values in the classifier", classifierWidths.second, atMost: 1280)
        for (name, tensor) in tensors {
            guard tensor.firstNonFiniteIndex == nil else {
                throw CheckpointError(
                    .malformed, file: file, tensor: name, reason: "the tensor has elements that are not finite")
            }
        }
    }
}
