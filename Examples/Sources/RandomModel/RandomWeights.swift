import OmniTensor

/// Random tensors, each from a key of its own, so that no tensor depends on the order in which they are written.
struct RandomWeights {
    let seed: UInt64
    /// How the file will store what is made here.
    var scalarType = ScalarType.float32

    /// Uniform numbers around zero with the given standard deviation; zero where `isZero` says so of an element.
    func tensor(
        _ name: String, _ shape: Shape, deviation: Float, isZero: @escaping @Sendable (Int) -> Bool = { _ in false }
    ) -> WritableTensor {
        let key = name.utf8.reduce(Self.mix(seed)) { Self.mix($0 ^ UInt64($1)) }
        // A uniform distribution over ±√3·σ has the deviation σ.
        let scale = deviation * Float(3).squareRoot() * 0x1p-23
        return WritableTensor(shape, as: scalarType) { range, target in
            for (place, element) in range.enumerated() {
                let draw = Int32(truncatingIfNeeded: Self.mix(key &+ UInt64(element)) >> 40) - (1 << 23)
                target[place] = isZero(element) ? 0 : Float(draw) * scale
            }
        }
    }

    /// A matrix or convolution `[out, in, …]` that keeps the size of what it is applied to.
    func weight(_ name: String, _ shape: Shape) -> WritableTensor {
        let inputCount = shape.elementCount / max(shape[0], 1)
        return tensor(name, shape, deviation: 1 / Float(max(inputCount, 1)).squareRoot())
    }

    /// Small offsets `[C]`.
    func bias(_ name: String, _ count: Int) -> WritableTensor { tensor(name, [count], deviation: 0.02) }

    /// The same number everywhere, as the gain of a norm is before training.
    func constant(_ value: Float, _ shape: Shape) -> WritableTensor {
        WritableTensor(shape, as: scalarType) { range, target in
            for place in 0..<range.count { target[place] = value }
        }
    }

    /// The finaliser of splitmix64.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The members of a checkpoint in the making.
struct CheckpointMembers {
    let weights: RandomWeights
    private(set) var members: [(name: String, value: CheckpointDictionary.Value)] = []

    init(_ weights: RandomWeights) { self.weights = weights }

    mutating func add(_ name: String, _ value: CheckpointDictionary.Value) { members.append((name, value)) }
    mutating func add(_ name: String, _ tensor: WritableTensor) { add(name, .tensor(tensor)) }

    /// `name.weight`, and `name.bias` of the weight's first extent.
    mutating func addLayer(_ name: String, _ shape: Shape, bias: Bool = true) {
        add(name + ".weight", weights.weight(name, shape))
        if bias { add(name + ".bias", weights.bias(name + ".bias", shape[0])) }
    }

    /// The gain, and the bias, of a norm.
    mutating func addNorm(_ name: String, _ width: Int, bias: Bool) {
        add(name + ".weight", weights.constant(1, [width]))
        if bias { add(name + ".bias", weights.bias(name + ".bias", width)) }
    }
}
