/// The messages of the ONNX file format, with the fields that a Silero file uses. The reader skips every other field.
struct ONNXModelProto {
    var graph: ONNXGraphProto?
}

struct ONNXGraphProto {
    var node: [ONNXNodeProto] = []
    var initializer: [ONNXTensorProto] = []
    /// The names of the inputs; their types are not read.
    var inputNames: [String] = []
}

struct ONNXNodeProto {
    var input: [String] = []
    var output: [String] = []
    var opType = ""
    var attribute: [ONNXAttributeProto] = []
}

struct ONNXAttributeProto {
    var name = ""
    var integer: Int64 = 0
    var integers: [Int64] = []
    /// UTF-8.
    var text: [UInt8] = []
    var tensor: ONNXTensorProto?
    var graph: ONNXGraphProto?
}

struct ONNXTensorProto {
    var name = ""
    /// Extents, outermost first.
    var dims: [Int64] = []
    var dataType: Int32 = 0
    var floatData: [Float] = []
    var int64Data: [Int64] = []
    /// The elements in little-endian order, instead of `floatData` or `int64Data`.
    var rawData: [UInt8] = []
    /// 1: the elements lie in another file.
    var dataLocation: Int32 = 0
}
