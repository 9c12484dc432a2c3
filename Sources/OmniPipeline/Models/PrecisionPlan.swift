public import OmniTensor

/// How precisely each part of a model keeps its matrices.
public struct PrecisionPlan: Sendable, Hashable, CustomStringConvertible {
    /// The speech encoder.
    public var encoder: WeightPrecision
    /// The language model.
    public var model: WeightPrecision
    /// The codec.
    public var codec: WeightPrecision

    /// A plan of one's own.
    public init(encoder: WeightPrecision, model: WeightPrecision, codec: WeightPrecision = .float32) {
        self.encoder = encoder
        self.model = model
        self.codec = codec
    }

    // The codec keeps its floats in all of them: it is small, and its errors would be heard.

    /// Token for token what the reference computes.
    public static let float32 = PrecisionPlan(encoder: .float32, model: .float32)
    /// Half the memory of floats.
    public static let bfloat16 = PrecisionPlan(encoder: .bfloat16, model: .bfloat16)
    /// 8.5 bits a weight where floats take 32.
    public static let int8 = PrecisionPlan(encoder: .int8, model: .int8)
    /// Between the two: 6 bits a weight in the language model, 8 where rounding costs most and 4 elsewhere.
    public static let mixed = PrecisionPlan(encoder: .int8, model: .mixed)
    /// 4.5 bits a weight in the language model, but 8 in its attention; the encoder, whose time is not spent on reading
    /// weights, stays at 8 bits.
    public static let int4 = PrecisionPlan(encoder: .int8, model: .int4)
    /// What serves best on this machine: the fastest formats whose replies are those of floats. No part is slower than
    /// with 32-bit floats; see ``AutomaticPrecision``.
    public static var automatic: PrecisionPlan { AutomaticPrecision.current.plan }

    /// As in `--precision automatic`.
    public static var named: [String: PrecisionPlan] {
        ["automatic": automatic, "float32": float32, "bfloat16": bfloat16, "int8": int8, "mixed": mixed, "int4": int4]
    }

    public var description: String { "encoder \(encoder), language model \(model), codec \(codec)" }
}
