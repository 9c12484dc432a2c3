/// Names that only a pickle made to do harm mentions: what runs programs, loads code or reaches out of the process.
///
/// The list is no wall, for nothing that a pickle names is ever called here: it decides between a warning and silence.
/// Modules of which single functions are dangerous, and which honest objects come from as well (`functools`, `types`,
/// `uuid`), are not on it.
enum HarmfulGlobals {
    /// Modules of which nothing is data.
    private static let modules: Set<Substring> = [
        "subprocess", "_posixsubprocess", "commands", "pty", "runpy", "importlib", "imp", "zipimport", "ctypes",
        "_ctypes", "cffi", "socket", "shutil", "code", "codeop", "pdb", "bdb", "webbrowser", "timeit", "cProfile",
        "profile", "pip", "ensurepip",
    ]

    /// Modules of functions; what they have of types is data.
    private static let systemModules: Set<Substring> = ["os", "posix", "nt"]

    /// Functions of other modules.
    private static let functions: [String: Set<String>] = [
        "builtins": builtins, "__builtin__": builtins,
        "torch": ["load", "compile", "hub", "ops", "classes", "library"],
        "torch.jit": ["load"], "torch.hub": ["load", "load_state_dict_from_url", "download_url_to_file"],
        "pickle": loaders, "_pickle": loaders, "cPickle": loaders, "dill": loaders, "cloudpickle": loaders,
        "marshal": loaders, "joblib": loaders, "pandas": ["read_pickle"],
        "sys": ["exit", "settrace", "setprofile"],
    ]

    private static let builtins: Set = [
        "eval", "exec", "execfile", "compile", "open", "file", "__import__", "input", "raw_input", "breakpoint",
        "globals", "locals", "vars", "setattr", "delattr", "exit", "quit", "apply", "reload",
    ]

    private static let loaders: Set = ["load", "loads"]

    static func contains(module: String, name: String) -> Bool {
        // A name with dots reaches through classes, and through modules, too.
        let path = name.split(separator: ".", omittingEmptySubsequences: false)
        if path.count > 1, path.dropLast().contains(where: { modules.contains($0) || systemModules.contains($0) }) {
            return true
        }
        let root = module.prefix { $0 != "." }
        if modules.contains(root) { return true }
        guard let last = path.last else { return false }
        if systemModules.contains(root) {
            return !(last.first?.isUppercase ?? false) && !last.hasSuffix("_result") && last != "terminal_size"
        }
        return functions[module]?.contains(String(last)) ?? false
    }
}
