/// The names that a pickle may mention. None of them runs anything here: each stands for data.
enum PickleGlobal: Hashable {
    case orderedDictionary
    /// Other kinds of dictionaries; what makes them is of no interest.
    case dictionary
    case rebuildTensor
    /// The same for types of elements that have no storage class of their own.
    case rebuildTensorOfType
    case rebuildParameter
    /// Calls another function and gives the result a class.
    case rebuildFromType
    case size
    case storage(ScalarType)
    /// A storage of bytes, of which the tensor knows the type.
    case untypedStorage
    case scalarType(ScalarType)
    /// Anything else that may lie beside weights: what it makes is passed over.
    case foreign(String)

    /// `nil` for functions that run programs or load code. They would not run here either, but a file that names one
    /// was made to do harm, and its user should know.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("collections", "defaultdict"), ("collections", "Counter"), ("builtins", "dict"), ("__builtin__", "dict"):
            self = .dictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensorOfType
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            self = .rebuildParameter
        case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildFromType
        case ("torch", "Size"): self = .size
        case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .untypedStorage
        case ("torch", _):
            if let type = ScalarType(torchStorage: name) {
                self = .storage(type)
            } else if let type = ScalarType(torchName: name) {
                self = .scalarType(type)
            } else {
                guard !HarmfulGlobals.contains(module: module, name: name) else { return nil }
                self = .foreign("torch.\(name)")
            }
        default:
            guard !HarmfulGlobals.contains(module: module, name: name) else { return nil }
            self = .foreign("\(module).\(name)")
        }
    }

    /// Bytes of an element of a storage class whose elements are not read, by its full name; `nil` for other names.
    static func elementByteCount(ofStorage name: String) -> Int? {
        switch name {
        case "torch.ComplexFloatStorage": 8
        case "torch.ComplexDoubleStorage": 16
        default: nil
        }
    }
}

extension ScalarType {
    /// The class name that PyTorch gives to a storage of this type.
    var torchStorageName: String {
        switch self {
        case .float64: "DoubleStorage"
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .int64: "LongStorage"
        case .int32: "IntStorage"
        case .int16: "ShortStorage"
        case .int8: "CharStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        }
    }

    init?(torchStorage name: String) {
        guard let match = Self.allCases.first(where: { $0.torchStorageName == name }) else { return nil }
        self = match
    }

    /// From what PyTorch calls the type of an element.
    init?(torchName name: String) {
        switch name {
        case "float64", "double": self = .float64
        case "float32", "float": self = .float32
        case "float16", "half": self = .float16
        case "bfloat16": self = .bfloat16
        case "int64", "long": self = .int64
        case "int32", "int": self = .int32
        case "int16", "short": self = .int16
        case "int8": self = .int8
        case "uint8": self = .uint8
        case "bool": self = .bool
        default: return nil
        }
    }
}
