public import OmniTensor

/// What every engine must get right. Each check returns the largest difference from the scalar oracle, relative to the
/// largest expected magnitude, over shapes chosen to miss every convenient multiple; a test compares it with a bound.
///
/// A new engine is finished when all checks pass on it.
public struct EngineConformance: Sendable {
    private let engine: any ComputeEngine
    private let precision: WeightPrecision
    private let oracle = ReferenceEngine()

    /// The engine to examine, and the precision at which it packs.
    public init(_ engine: any ComputeEngine, precision: WeightPrecision = .float32) {
        self.engine = engine
        self.precision = precision
    }

    // MARK: Products

    /// Rows, input width, output width and the distance between rows.
    public struct ProductCase: Sendable, CustomStringConvertible {
        let rowCount: Int, inputWidth: Int, outputWidth: Int, rowStride: Int
        let hasBias: Bool, accumulating: Bool
        public var description: String {
            "\(rowCount)×\(inputWidth)→\(outputWidth) every \(rowStride)"
                + (hasBias ? ", bias" : "") + (accumulating ? ", +=" : "")
        }
    }

    /// Single rows, few rows, many rows; gaps, dense rows and overlapping windows; with and without bias.
    public static let productCases: [ProductCase] = {
        let shapes = [
            (1, 1, 1, 1), (1, 64, 16, 64), (1, 96, 33, 96), (2, 160, 48, 160), (3, 7, 5, 7), (4, 32, 20, 50),
            (5, 96, 17, 32), (7, 33, 65, 11), (9, 896, 31, 896), (17, 64, 64, 64), (40, 240, 72, 80),
            (130, 129, 37, 129),
        ]
        return shapes.flatMap { shape in
            [(false, false), (true, false), (true, true), (false, true)].map { hasBias, accumulating in
                ProductCase(
                    rowCount: shape.0, inputWidth: shape.1, outputWidth: shape.2, rowStride: shape.3, hasBias: hasBias,
                    accumulating: accumulating)
            }
        }
    }()

    /// The engine's product against the oracle's, weights taken as the engine packed them.
    public func product(_ test: ProductCase) throws -> Float {
        var noise = Noise(seed: 1)
        let weight = noise.tensor([test.outputWidth, test.inputWidth])
        let bias = test.hasBias ? noise.tensor([test.outputWidth]) : nil
        let x = noise.tensor([(test.rowCount - 1) * test.rowStride + test.inputWidth])
        let start = noise.tensor([test.rowCount, test.outputWidth])

        let packed = try engine.pack(weight, bias: bias, precision: precision)
        let oraclePacked = try oracle.pack(unpacked(packed), bias: bias, precision: .float32)
        var (found, expected) = (start, start)
        var foundSpan = found.mutableSpan
        var expectedSpan = expected.mutableSpan
        let rows = RowView(x.span, rowCount: test.rowCount, rowStride: test.rowStride)
        engine.multiply(rows, by: packed, accumulating: test.accumulating, into: &foundSpan)
        oracle.multiply(rows, by: oraclePacked, accumulating: test.accumulating, into: &expectedSpan)
        return Tolerance.relativeDifference(found, expected)
    }

    /// How far rows that are multiplied together are from the same rows alone: 0 for an engine whose
    /// ``ComputeEngine/multipliesRowsAlike(_:)`` says so of the precision.
    public func rowsAlike(inputWidth: Int) throws -> Float {
        var noise = Noise(seed: 5)
        let outputWidth = 37
        let packed = try engine.pack(
            noise.tensor([outputWidth, inputWidth]), bias: noise.tensor([outputWidth]), precision: precision)
        let x = noise.tensor([200, inputWidth])
        func product(_ rows: Range<Int>) -> [Float] {
            var y = Tensor<Float>(zeros: [rows.count, outputWidth])
            var span = y.mutableSpan
            let some = x.rows(rows)
            engine.multiply(RowView(some.span, width: inputWidth), by: packed, accumulating: false, into: &span)
            return y.scalars
        }
        let alone = (0..<200).flatMap { product($0..<$0 + 1) }
        return [2, 3, 5, 7, 8, 9, 13, 24, 25, 49, 200].reduce(0) { largest, rowCount in
            let expected = Array(alone.prefix(rowCount * outputWidth))
            return max(largest, Tolerance.largestDifference(product(0..<rowCount), expected))
        }
    }

    /// How far the rows of a packed matrix are from the weights that went in: 0 for float32.
    public func packing() throws -> Float {
        var noise = Noise(seed: 2)
        let weight = noise.tensor([37, 96])
        return Tolerance.relativeDifference(
            unpacked(try engine.pack(weight, bias: nil, precision: precision)), weight)
    }

    private func unpacked(_ matrix: any PackedMatrix) -> Tensor<Float> {
        var weight = Tensor<Float>(zeros: [matrix.outputWidth, matrix.inputWidth])
        var span = weight.mutableSpan
        for row in 0..<matrix.outputWidth {
            var target = span.part(row * matrix.inputWidth..<(row + 1) * matrix.inputWidth)
            engine.unpackRow(row, of: matrix, into: &target)
        }
        return weight
    }

    // MARK: Attention

    /// One shape of attention.
    public struct AttentionCase: Sendable, CustomStringConvertible {
        let queryCount: Int, keyCount: Int, headCount: Int, groupCount: Int, headWidth: Int
        let causalOffset: Int?
        public var description: String {
            "\(queryCount) on \(keyCount), \(headCount)/\(groupCount) heads of \(headWidth), "
                + "offset \(causalOffset.map(String.init) ?? "none")"
        }
    }

    /// Decoding steps, prefills, whole encoders; grouped, multi-query and plain heads.
    public static let attentionCases = [
        AttentionCase(queryCount: 1, keyCount: 1, headCount: 1, groupCount: 1, headWidth: 4, causalOffset: 0),
        AttentionCase(queryCount: 1, keyCount: 77, headCount: 14, groupCount: 2, headWidth: 64, causalOffset: 76),
        AttentionCase(queryCount: 29, keyCount: 29, headCount: 4, groupCount: 2, headWidth: 16, causalOffset: 0),
        AttentionCase(queryCount: 5, keyCount: 40, headCount: 3, groupCount: 1, headWidth: 6, causalOffset: 35),
        AttentionCase(queryCount: 150, keyCount: 150, headCount: 2, groupCount: 2, headWidth: 33, causalOffset: nil),
        AttentionCase(queryCount: 131, keyCount: 260, headCount: 6, groupCount: 3, headWidth: 32, causalOffset: 129),
        AttentionCase(queryCount: 3, keyCount: 7, headCount: 2, groupCount: 2, headWidth: 8, causalOffset: -2),
    ]

    /// Attention with time-major dense queries and group-major keys with a gap after each, as a cache has.
    ///
    /// - Parameter isNarrow: whether keys and values are in bfloat16.
    public func attention(_ test: AttentionCase, isNarrow: Bool = false) -> Float {
        var noise = Noise(seed: 3)
        let capacity = test.keyCount + 5
        let queries = noise.tensor([test.queryCount, test.headCount, test.headWidth])
        let keys = noise.tensor([test.groupCount, capacity, test.headWidth])
        let values = noise.tensor([test.groupCount, capacity, test.headWidth])
        let geometry = AttentionGeometry(
            queryCount: test.queryCount, keyCount: test.keyCount, headCount: test.headCount,
            groupCount: test.groupCount, headWidth: test.headWidth, scale: 1 / Float(test.headWidth).squareRoot(),
            causalOffset: test.causalOffset, queryTimeStride: test.headCount * test.headWidth,
            queryHeadStride: test.headWidth, keyTimeStride: test.headWidth, keyHeadStride: capacity * test.headWidth)
        let (narrowKeys, narrowValues) = (Self.upperHalves(keys), Self.upperHalves(values))
        return compare(shape: queries.shape) { engine, y in
            if isNarrow {
                engine.attend(
                    queries.span, bfloat16Keys: narrowKeys.span, values: narrowValues.span, geometry, into: &y)
            } else {
                engine.attend(queries.span, keys: keys.span, values: values.span, geometry, into: &y)
            }
        }
    }

    /// Each float in bfloat16, rounded towards zero.
    private static func upperHalves(_ x: Tensor<Float>) -> [UInt16] {
        x.span.indices.map { UInt16(truncatingIfNeeded: x.span[$0].bitPattern >> 16) }
    }

    // MARK: Everything else

    /// The operations without a packed weight, by name.
    public static let operationNames = [
        "normalizeRMS", "normalizeLayer", "softmax", "gelu", "geluTanh", "silu", "relu", "sigmoid", "tanh", "gate",
        "add", "addScalingRows", "snake", "convolveDepthwise", "convolveDepthwise, snake",
    ]

    /// One of ``operationNames`` over `rowCount` rows of `width` elements.
    public func operation(_ name: String, rowCount: Int, width: Int) -> Float {
        var noise = Noise(seed: 4)
        let x = noise.tensor([rowCount, width], scale: 3)
        let other = noise.tensor([rowCount, width])
        let (weight, bias) = (noise.tensor([width]), noise.tensor([width]))
        let alpha = Tensor(weight.scalars.map { abs($0) + 0.05 }, shape: weight.shape)
        let inverse = Tensor(alpha.scalars.map { 1 / ($0 + 1e-9) }, shape: weight.shape)
        let activations: [String: Activation] = [
            "gelu": .gelu, "geluTanh": .geluTanh, "silu": .silu, "relu": .relu, "sigmoid": .sigmoid, "tanh": .tanh,
        ]
        switch name {
        case "normalizeRMS":
            return compare(shape: x.shape) { $0.normalizeRMS(x.span, weight: weight.span, epsilon: 1e-6, into: &$1) }
        case "normalizeLayer":
            return compare(shape: x.shape) {
                $0.normalizeLayer(x.span, weight: weight.span, bias: bias.span, epsilon: 1e-5, into: &$1)
            }
        case "softmax":
            return compare(starting: x) { $0.softmax(&$1, width: width) }
        case "gate":
            return compare(starting: x) { $0.gate(&$1, with: other.span, .silu) }
        case "add":
            return compare(starting: x) { $0.add(other.span, to: &$1) }
        case "addScalingRows":
            let scales = noise.tensor([rowCount])
            return compare(starting: x) { $0.add(other.span, scalingRowsBy: scales.span, to: &$1) }
        case "snake":
            let inPlace = compare(starting: x) { $0.snake(&$1, alpha: alpha.span, inverseAlpha: inverse.span) }
            let elsewhere = compare(shape: x.shape) {
                $0.snake(x.span, alpha: alpha.span, inverseAlpha: inverse.span, into: &$1)
            }
            return max(inPlace, elsewhere)
        case "convolveDepthwise", "convolveDepthwise, snake":
            let (tapCount, dilation) = (7, 3)
            let padded = noise.tensor([rowCount + (tapCount - 1) * dilation, width])
            let taps = noise.tensor([tapCount, width])
            return compare(shape: x.shape) { engine, y in
                if name == "convolveDepthwise" {
                    engine.convolveDepthwise(
                        padded.span, weight: taps.span, bias: bias.span, channelCount: width, dilation: dilation,
                        into: &y)
                } else {
                    engine.convolveDepthwise(
                        padded.span, weight: taps.span, bias: bias.span, channelCount: width, dilation: dilation,
                        alpha: alpha.span, inverseAlpha: inverse.span, into: &y)
                }
            }
        default:
            guard let activation = activations[name] else { preconditionFailure("no operation is called \(name)") }
            return compare(starting: x) { $0.activate(&$1, activation) }
        }
    }

    private func compare(
        shape: Shape, _ body: (any ComputeEngine, inout MutableSpan<Float>) -> Void
    ) -> Float {
        // Starts from garbage, so that a result which is added to instead of written shows.
        compare(starting: Tensor(repeating: 7, shape: shape), body)
    }

    private func compare(
        starting start: Tensor<Float>, _ body: (any ComputeEngine, inout MutableSpan<Float>) -> Void
    ) -> Float {
        var (found, expected) = (start, start)
        var foundSpan = found.mutableSpan
        var expectedSpan = expected.mutableSpan
        body(engine, &foundSpan)
        body(oracle, &expectedSpan)
        return Tolerance.relativeDifference(found, expected)
    }
}
