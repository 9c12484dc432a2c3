import OmniTensor

/// What it takes to build one of Silero's networks, whichever file it comes from: the weights under names of our own
/// and the few numbers that are not the extents of a weight.
struct SileroBlueprint: Sendable {
    /// The generation of the network.
    var version: SileroVAD.Version
    /// The rate of the audio, in Hz.
    var sampleRate: Int
    /// Samples from one frame of the spectrum to the next.
    var hopSampleCount: Int
    /// The stride of each layer of the encoder.
    var strides: [Int]
    /// Version 4 multiplies magnitudes by this before the logarithm.
    var logarithmScale: Float = 1
    /// All weights; their names stand beside the layers that read them.
    var weights: WeightScope
}

extension WeightScope {
    /// A tensor without infinities and NaN, which would make every probability one.
    func finite(_ name: String, _ shape: Shape) throws -> Tensor<Float> {
        let tensor = try tensor(name, shape)
        guard tensor.firstNonFiniteIndex == nil else {
            throw CheckpointError(
                .malformed, file: file, tensor: path(of: name), reason: "the tensor has elements that are not finite")
        }
        return tensor
    }

    /// The extents of a tensor, when it has as many as asked for, none of them empty or beyond what a network of this
    /// size can have.
    func extents(_ name: String, rank: Int) throws -> [Int] {
        guard let info = info(name) else {
            throw CheckpointError(.missingTensor, file: file, tensor: path(of: name), reason: "the tensor is missing")
        }
        let extents = info.shape.dimensions
        guard extents.count == rank, extents.allSatisfy({ (1...4096).contains($0) }) else {
            throw CheckpointError(
                .shapeMismatch, file: file, tensor: path(of: name),
                reason: "a shape of \(rank) extents between 1 and 4096 is needed, but it is \(info.shape)")
        }
        return extents
    }
}
