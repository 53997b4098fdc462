// Rules beyond the type checker's; npm test runs them over everything that ships.
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '**/*.d.ts', 'src/workloads/onnx/descriptor.ts', 'web/build/sw.js'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Counted by test/laws/assertions.test.ts instead: an index that is proven on the line above may be asserted.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Numbers print as themselves.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Records of closures are taken apart; only classes know `this`, and nobody takes methods out of them.
      '@typescript-eslint/unbound-method': 'off',
      // A signature as a property is checked for what it takes, too.
      '@typescript-eslint/method-signature-style': ['error', 'property'],
      // Texts from files are searched for just these.
      'no-control-regex': 'off',
      // `() => close()` says what happens; what it returns is nobody's.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
);
