from .dataset import (
    Dataset as Dataset,
)
from .heart_cleveland import (
    heart as heart,
)
from .hsls_2009 import (
    hsls as hsls,
)
from .mimic3_stays import (
    mimic3 as mimic3,
)
from .nhanes_2017_2018 import (
    nhanes as nhanes,
)
