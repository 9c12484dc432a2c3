import OmniNN
import OmniTensor

/// A layer of version 4's encoder: `relu(pointwise(relu(depthwise(x))) + projection(x))`, then a strided transition
/// `relu(Wx + b)`. Without a projection, x itself is added.
struct SeparableBlock: Sendable {
    let inputWidth: Int
    let mixedWidth: Int
    let outputWidth: Int
    let stride: Int
    private let depthwise: DepthwiseConvolution1D
    private let pointwise: Linear
    private let projection: Linear?
    private let transition: Linear
    private let engine: any ComputeEngine

    /// Reads `depthwise`, `pointwise`, `projection` where there is one, and `transition`.
    init(
        _ weights: WeightScope, inputWidth: Int, stride: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let filter = weights.scope("depthwise")
        let width = try filter.extents("weight", rank: 3)[2]
        guard width % 2 == 1 else {
            throw CheckpointError(
                .shapeMismatch, file: weights.file, tensor: filter.path(of: "weight"),
                reason: "a filter of \(width) frames has no middle")
        }
        depthwise = try DepthwiseConvolution1D(
            weight: filter.finite("weight", [inputWidth, 1, width]), bias: filter.finite("bias", [inputWidth]),
            engine: engine)
        func linear(_ name: String, in inputWidth: Int) throws -> Linear {
            let scope = weights.scope(name)
            let outputWidth = try scope.extents("weight", rank: 3)[0]
            return try Linear(
                weight: scope.finite("weight", [outputWidth, inputWidth, 1]).reshaped(to: [outputWidth, inputWidth]),
                bias: scope.finite("bias", [outputWidth]), engine: engine, precision: precision)
        }
        pointwise = try linear("pointwise", in: inputWidth)
        projection = weights.contains("projection.weight") ? try linear("projection", in: inputWidth) : nil
        guard (projection?.outputWidth ?? inputWidth) == pointwise.outputWidth else {
            throw CheckpointError(
                .shapeMismatch, file: weights.file, tensor: weights.path(of: "pointwise.weight"),
                reason: "\(pointwise.outputWidth) channels cannot be added to \(projection?.outputWidth ?? inputWidth)")
        }
        transition = try linear("transition", in: pointwise.outputWidth)
        self.inputWidth = inputWidth
        mixedWidth = pointwise.outputWidth
        outputWidth = transition.outputWidth
        self.stride = stride
        self.engine = engine
    }

    /// Rows of zeros on either side of the input.
    var paddingRowCount: Int { depthwise.kernelWidth / 2 }

    /// Rows out for `frameCount` rows in.
    func outputFrameCount(for frameCount: Int) -> Int { (frameCount - 1) / stride + 1 }

    /// Replaces the rows `[frameCount, inputWidth]` at the front of `flow` by `[outputFrameCount, outputWidth]`.
    func callAsFunction(frameCount: Int, flow: inout Tensor<Float>, scratch: inout SileroVAD.LayerScratch) {
        scratch.padded.copy(frameCount * inputWidth, of: flow, to: paddingRowCount * inputWidth)
        filter(scratch.padded, into: &scratch.filtered)
        mix(scratch.filtered, with: flow, frameCount: frameCount, into: &scratch.mixed)
        thin(scratch.mixed, frameCount: outputFrameCount(for: frameCount), into: &flow)
    }

    private func filter(_ padded: Tensor<Float>, into filtered: inout Tensor<Float>) {
        var y = filtered.mutableSpan
        depthwise(padded.span, into: &y)
        engine.activate(&y, .relu)
    }

    private func mix(
        _ filtered: Tensor<Float>, with flow: Tensor<Float>, frameCount: Int, into mixed: inout Tensor<Float>
    ) {
        var y = mixed.mutableSpan
        pointwise(filtered.span, into: &y)
        let x = flow.span.extracting(first: frameCount * inputWidth)
        if let projection { projection(x, accumulating: true, into: &y) } else { engine.add(x, to: &y) }
        engine.activate(&y, .relu)
    }

    private func thin(_ mixed: Tensor<Float>, frameCount: Int, into flow: inout Tensor<Float>) {
        var flow = flow.mutableSpan
        var y = flow.part(0..<frameCount * outputWidth)
        let rows = RowView(mixed.span, rowCount: frameCount, rowStride: stride * mixedWidth)
        engine.multiply(rows, by: transition.weight, accumulating: false, into: &y)
        engine.activate(&y, .relu)
    }
}
